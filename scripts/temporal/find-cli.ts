import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { buildFallbackCli, buildPinnedCli } from './build-cli.ts'
import { cachedCliPath, CLI_PROGRAM, CLI_VERSION, FALLBACK_CLI_VERSION } from './cli-release.ts'
import { isRecentEnough, readCliVersion } from './cli-version.ts'
import { downloadCli } from './download-cli.ts'

/** A Temporal CLI that runs. */
export type TemporalCli = { readonly path: string; readonly version: string }

/** Where to look, and where to keep what is made. */
export type FindCliOptions = {
  /** `TEMPORAL_CLI_PATH`; `null` when unset. */
  readonly cliPath: string | null
  /** `PATH`. */
  readonly searchPath: string
  readonly cacheDirectory: string
  /** Told which step won and why the others were skipped. */
  readonly say: (line: string) => void
  /** The steps that make a program; replaced by tests. */
  readonly makers?: readonly CliMaker[]
}

/** A way to make a program: writes it to a path of the cache, or says why it could not. */
export type CliMaker = {
  readonly name: string
  readonly version: string
  readonly make: (targetPath: string, say: (line: string) => void) => Promise<string | null>
}

/** The ways to make a program, in order. */
export const CLI_MAKERS: readonly CliMaker[] = [
  { name: 'official download', version: CLI_VERSION, make: downloadCli },
  { name: 'go build of tools/temporal', version: CLI_VERSION, make: buildPinnedCli },
  {
    name: `go install of v${FALLBACK_CLI_VERSION}`,
    version: FALLBACK_CLI_VERSION,
    make: buildFallbackCli,
  },
]

/**
 * Finds or makes a Temporal CLI: `TEMPORAL_CLI_PATH`, `temporal` on PATH, the cache, the official
 * download, `go build`, `go install`. The first that works wins.
 *
 * @throws {Error} one message that names the ways out, when no step works
 */
export async function findTemporalCli(options: FindCliOptions): Promise<TemporalCli> {
  const found = (await findExisting(options)) ?? (await makeCli(options))
  if (found) return found
  throw new Error(
    [
      'Cannot start Temporal: no server program was found and none could be made. One of these helps:',
      '  - set TEMPORAL_ADDRESS to a Temporal server that runs already',
      '  - install the Temporal CLI, put `temporal` on PATH or its path into TEMPORAL_CLI_PATH',
      '  - install Go 1.26 or newer and run `npm run temporal:install`',
    ].join('\n'),
  )
}

async function findExisting(options: FindCliOptions): Promise<TemporalCli | null> {
  const { cliPath, say } = options
  if (cliPath !== null) {
    const version = await readCliVersion(cliPath)
    // No other step: whoever names a program does not want another one.
    if (version === null) throw new Error(`TEMPORAL_CLI_PATH="${cliPath}" is no Temporal CLI`)
    say(`Temporal CLI ${version}: TEMPORAL_CLI_PATH`)
    return { path: cliPath, version }
  }
  const onPath = findOnPath(options.searchPath)
  if (onPath === null) say('Temporal CLI: not on PATH')
  const candidates = [
    { name: `${onPath} on PATH`, path: onPath },
    ...[CLI_VERSION, FALLBACK_CLI_VERSION].map((version) => {
      const path = cachedCliPath(options.cacheDirectory, version)
      return { name: `${path} in the cache`, path: existsSync(path) ? path : null }
    }),
  ]
  for (const { name, path } of candidates) {
    if (path === null) continue
    const version = await readCliVersion(path)
    if (version !== null && isRecentEnough(version)) {
      say(`Temporal CLI ${version}: ${name}`)
      return { path, version }
    }
    say(
      `Temporal CLI: ${name} is skipped, it ${version ? `is ${version}, too old` : 'does not run'}`,
    )
  }
  say(`Temporal CLI: not in the cache ${options.cacheDirectory}`)
  return null
}

async function makeCli(options: FindCliOptions): Promise<TemporalCli | null> {
  const { cacheDirectory, say } = options
  for (const { name, version, make } of options.makers ?? CLI_MAKERS) {
    const path = cachedCliPath(cacheDirectory, version)
    say(`Temporal CLI ${version}: trying the ${name}`)
    const problem = (await make(path, say)) ?? (await problemOf(path))
    if (problem === null) {
      say(`Temporal CLI ${version}: ${name}, kept as ${path}`)
      return { path, version }
    }
    say(`Temporal CLI: the ${name} is skipped: ${problem}`)
  }
  return null
}

async function problemOf(path: string): Promise<string | null> {
  return (await readCliVersion(path)) === null ? 'the result does not run' : null
}

function findOnPath(searchPath: string): string | null {
  for (const directory of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(directory, CLI_PROGRAM)
    try {
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not there, or not executable: the next directory of PATH may have it.
    }
  }
  return null
}
