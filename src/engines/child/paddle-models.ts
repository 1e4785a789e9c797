import { readFile } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import {
  DetectionService,
  ImageClassificationService,
  RecognitionService,
  type OrtModule,
} from 'paddleocr'
import type { PaddleModelFiles } from '../paddle-protocol.ts'

/** The three models of PP-OCR, loaded. */
export type PaddleModels = {
  readonly detection: DetectionService
  readonly recognition: RecognitionService
  readonly lineDirection: ImageClassificationService
}

/** Upper bound of boxes on one page. */
export const MAX_BOXES = 1000

// One thread each: two processes give 1.73 times the pages, two threads 1.05 times.
const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  enableMemPattern: false,
} as const satisfies ort.InferenceSession.SessionOptions

// The package types tensors loosely (`data: unknown`), onnxruntime-node strictly; at run time the
// package only constructs `Tensor` of the module and reads what `run` gives.
const ortModule = ort as unknown as OrtModule

/** Loads the models: 0.3 s and 140 MB. */
export async function loadPaddleModels(files: PaddleModelFiles): Promise<PaddleModels> {
  // The arena keeps a whole page's activations for ever after detection, and is worth 7 % of the
  // time in recognition.
  const detection = await openSession(files.detection, { enableCpuMemArena: false })
  const recognition = await openSession(files.recognition, { enableCpuMemArena: true })
  const classification = await openSession(files.classification, { enableCpuMemArena: true })
  return {
    detection: new DetectionService(ortModule, detection, {
      channelOrder: 'bgr',
      limitType: 'max',
      maxSideLength: 960,
      textPixelThreshold: 0.3,
      boxScoreThreshold: 0.5,
      unclipRatio: 1.6,
      maxCandidates: MAX_BOXES,
    }),
    recognition: new RecognitionService(ortModule, recognition, {
      channelOrder: 'bgr',
      imageHeight: 48,
      imageWidth: 32,
      charactersDictionary: await readDictionary(files.dictionary),
    }),
    lineDirection: new ImageClassificationService(ortModule, classification, {
      channelOrder: 'bgr',
      mean: [127.5, 127.5, 127.5],
      stdDeviation: [1 / 127.5, 1 / 127.5, 1 / 127.5],
      imageWidth: 192,
      imageHeight: 48,
      resizeMode: 'pad',
      labels: ['0', '180'],
    }),
  }
}

type Session = ConstructorParameters<typeof DetectionService>[1]

async function openSession(
  path: string,
  options: { enableCpuMemArena: boolean },
): Promise<Session> {
  const session = await ort.InferenceSession.create(path, { ...SESSION_OPTIONS, ...options })
  // As with the module: the same object under the package's looser type.
  return session as unknown as Session
}

async function readDictionary(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8')
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  // The models know one more character than the file: without the space the package throws.
  return [...lines, ' ']
}
