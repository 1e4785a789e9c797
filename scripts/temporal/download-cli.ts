import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { CLI_PROGRAM, CLI_VERSION } from './cli-release.ts'
import { readTarEntry } from './tar-entry.ts'

/** Where releases of the Temporal CLI lie. */
const RELEASES = 'https://github.com/temporalio/cli/releases/download'

/** Without an answer by then the machine has no way out, and building is the better try. */
const ANSWER_TIMEOUT_MS = 8_000

/** 60 MB over a slow line. */
const DOWNLOAD_TIMEOUT_MS = 300_000

/** Where to download from; replaced by tests. */
export type DownloadOptions = { readonly releases: string; readonly answerTimeoutMs: number }

/** Downloads the pinned release, proves its SHA-256, and writes the program; or says why it could not. */
export async function downloadCli(
  targetPath: string,
  say: (line: string) => void,
  options: DownloadOptions = { releases: RELEASES, answerTimeoutMs: ANSWER_TIMEOUT_MS },
): Promise<string | null> {
  const archive = archiveName()
  if (archive === null) return `there is no release for ${process.platform} ${process.arch}`
  const base = `${options.releases}/v${CLI_VERSION}`
  try {
    const sums = await fetchBytes(`${base}/checksums.txt`, options)
    say(`Temporal CLI: downloading ${archive}`)
    const bytes = await fetchBytes(`${base}/${archive}`, options)
    if (checksumOf(sums.toString('utf8'), archive) !== sha256(bytes))
      return `${archive} does not match its checksum`
    const program = readTarEntry(await promisify(gunzip)(bytes), CLI_PROGRAM)
    if (program === null) return `${archive} holds no ${CLI_PROGRAM}`
    await writeProgram(targetPath, program)
    return null
  } catch (error) {
    return `${base} is not reachable (${reason(error)})`
  }
}

function archiveName(): string | null {
  const system = { linux: 'linux', darwin: 'darwin' }[String(process.platform)]
  const machine = { x64: 'amd64', arm64: 'arm64' }[String(process.arch)]
  return system && machine ? `temporal_cli_${CLI_VERSION}_${system}_${machine}.tar.gz` : null
}

async function fetchBytes(url: string, options: DownloadOptions): Promise<Buffer> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(new Error('no answer')), options.answerTimeoutMs)
  try {
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS)])
    const response = await fetch(url, { signal })
    clearTimeout(timer)
    if (!response.ok) throw new Error(`HTTP ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  } finally {
    clearTimeout(timer)
  }
}

function checksumOf(sums: string, name: string): string | null {
  const line = sums.split('\n').find((text) => text.trim().split(/\s+\*?/)[1] === name)
  return line?.trim().split(/\s+/)[0]?.toLowerCase() ?? null
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function writeProgram(path: string, bytes: Uint8Array): Promise<void> {
  const temporaryPath = `${path}.${process.pid}.tmp`
  await mkdir(dirname(path), { recursive: true })
  try {
    await writeFile(temporaryPath, bytes, { mode: 0o755 })
    await rename(temporaryPath, path)
  } finally {
    await rm(temporaryPath, { force: true })
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
