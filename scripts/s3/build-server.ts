import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runProgram } from '../temporal/run-program.ts'

const MODULE_DIRECTORY = join(import.meta.dirname, '..', '..', 'tools', 's3')
const PACKAGE = 'github.com/versity/versitygw/cmd/versitygw'

/** A build takes 3 minutes on 2 busy cores, and more where modules come slowly. */
const BUILD_TIMEOUT_MS = 15 * 60_000

/** Builds the pinned versitygw from tools/s3 (its go.sum proves the sources); or says why it could not. */
export async function buildS3Server(
  targetPath: string,
  say: (line: string) => void,
): Promise<string | null> {
  const version = await runProgram('go', ['version'], { timeoutMs: 30_000 })
  if (version.exitCode !== 0) return 'there is no Go on PATH'
  say(`S3 server: building with ${version.output.trim()}; this takes minutes, but only once`)
  await mkdir(dirname(targetPath), { recursive: true })
  // Beside the target, so that two builders cannot run half a program.
  const temporaryPath = `${targetPath}.${process.pid}.build`
  try {
    const flags = ['-trimpath', '-ldflags', '-s -w', '-o', temporaryPath]
    const result = await runProgram('go', ['build', ...flags, PACKAGE], {
      cwd: MODULE_DIRECTORY,
      env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly' },
      timeoutMs: BUILD_TIMEOUT_MS,
      onAlive: (elapsedSeconds) => say(`S3 server: still building (${elapsedSeconds} s)`),
    })
    if (result.exitCode !== 0)
      return `go failed: ${result.output.trim().split('\n').at(-1) ?? 'no output'}`
    await rename(temporaryPath, targetPath)
    return null
  } finally {
    await rm(temporaryPath, { force: true })
  }
}
