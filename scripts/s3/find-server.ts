import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../temporal/run-program.ts'
import { buildS3Server } from './build-server.ts'

/** The S3 server that tests and CI use; any other S3-compatible one works with the product. */
export const S3_SERVER_VERSION = '1.8.0'

const PROGRAM = 'versitygw'

/** Where to look, and where to keep what is made. */
export type FindS3ServerOptions = {
  readonly cacheDirectory: string
  /** `false`: only what is there already. */
  readonly mayBuild: boolean
  /** Told which step won and why the others were skipped. */
  readonly say: (line: string) => void
}

/**
 * Finds or makes versitygw: on PATH, in the cache, by `go build` of tools/s3. `null` when none of
 * that works; the reasons were said.
 */
export async function findS3Server({
  cacheDirectory,
  mayBuild,
  say,
}: FindS3ServerOptions): Promise<string | null> {
  const cached = join(cacheDirectory, `${PROGRAM}-${S3_SERVER_VERSION}`)
  if (await works(PROGRAM)) return PROGRAM
  say(`S3 server: no ${PROGRAM} on PATH`)
  if (existsSync(cached) && (await works(cached))) return cached
  say(`S3 server: not in the cache as ${cached}; \`node scripts/s3-server.ts --install\` builds it`)
  if (!mayBuild) return null
  const problem = (await buildS3Server(cached, say)) ?? ((await works(cached)) ? null : 'no result')
  if (problem === null) return cached
  say(`S3 server: it cannot be built: ${problem}`)
  return null
}

async function works(program: string): Promise<boolean> {
  return (await runProgram(program, ['--version'], { timeoutMs: 20_000 })).exitCode === 0
}
