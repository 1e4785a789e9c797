import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CLI_PROGRAM, CLI_VERSION, FALLBACK_CLI_VERSION } from './cli-release.ts'
import { runProgram } from './run-program.ts'
import { isAlive } from './running-servers.ts'

const MODULE_DIRECTORY = join(import.meta.dirname, '..', '..', 'tools', 'temporal')
const PACKAGE = 'github.com/temporalio/cli/cmd/temporal'

/** A build takes 4 minutes on 2 quiet cores, 9 on busy ones, and more where modules come slowly. */
const BUILD_TIMEOUT_MS = 25 * 60_000

type Build = {
  readonly args: (temporaryDirectory: string) => readonly string[]
  readonly env: (temporaryDirectory: string) => Readonly<Record<string, string>>
}

/** Builds the pinned CLI from tools/temporal (its go.sum proves the sources); or says why it could not. */
export async function buildPinnedCli(
  targetPath: string,
  say: (line: string) => void,
): Promise<string | null> {
  const flags = `-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=${CLI_VERSION}`
  return await build(targetPath, say, {
    args: (directory) => ['build', '-ldflags', flags, '-o', join(directory, CLI_PROGRAM), PACKAGE],
    env: () => ({ GOFLAGS: '-mod=readonly' }),
  })
}

/** Builds the last CLI that plain `go install` can build; or says why it could not. */
export async function buildFallbackCli(
  targetPath: string,
  say: (line: string) => void,
): Promise<string | null> {
  const flags = `-s -w -X github.com/temporalio/cli/temporalcli.Version=${FALLBACK_CLI_VERSION}`
  return await build(targetPath, say, {
    args: () => ['install', '-ldflags', flags, `${PACKAGE}@v${FALLBACK_CLI_VERSION}`],
    env: (directory) => ({ GOFLAGS: '', GOBIN: directory }),
  })
}

async function build(
  targetPath: string,
  say: (line: string) => void,
  { args, env }: Build,
): Promise<string | null> {
  const version = await runProgram('go', ['version'], { timeoutMs: 30_000 })
  if (version.exitCode !== 0) return 'there is no Go on PATH'
  say(`Temporal CLI: building with ${version.output.trim()}; this takes minutes, but only once`)
  await removeAbandonedBuilds(targetPath)
  // Beside the target, so that the rename stays on one file system and a half-built file has no name.
  const temporaryDirectory = `${targetPath}.${process.pid}.build`
  await mkdir(temporaryDirectory, { recursive: true })
  try {
    const result = await runProgram('go', args(temporaryDirectory), {
      cwd: MODULE_DIRECTORY,
      env: { CGO_ENABLED: '0', ...env(temporaryDirectory) },
      timeoutMs: BUILD_TIMEOUT_MS,
      onAlive: (elapsedSeconds) => say(`Temporal CLI: still building (${elapsedSeconds} s)`),
    })
    if (result.exitCode !== 0) return `go failed: ${lastLine(result.output)}`
    await rename(join(temporaryDirectory, CLI_PROGRAM), targetPath)
    return null
  } finally {
    await rm(temporaryDirectory, { recursive: true, force: true })
  }
}

/** An interrupted build leaves its directory behind, named by the pid of its process. */
async function removeAbandonedBuilds(targetPath: string): Promise<void> {
  const directory = dirname(targetPath)
  await mkdir(directory, { recursive: true })
  for (const name of await readdir(directory)) {
    const pid = /\.(\d+)\.build$/.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid)))
      await rm(join(directory, name), { recursive: true, force: true })
  }
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? 'no output'
}
