import { spawn } from 'node:child_process'
import { setTimeout as delay } from 'node:timers/promises'
import { loadConfig } from '../../src/config/config.ts'
import { ensurePage } from '../../scripts/page/ensure-page.ts'
import { findS3Server } from '../../scripts/s3/find-server.ts'
import { findTemporalCli } from '../../scripts/temporal/find-cli.ts'
import { connectWhenReady, ensureSearchAttributes } from '../../scripts/temporal/namespace.ts'
import { freePort } from '../../scripts/temporal/ports.ts'
import { serverArguments } from '../../scripts/temporal/server-flags.ts'
import { TEST_ADDRESS_VARIABLE, TEST_NAMESPACE } from './temporal-environment.ts'

type Server = { readonly address: string; end(): Promise<void> }

const READY_TIMEOUT_MS = 30_000
const END_TIMEOUT_MS = 4_000

/*
 * The server lives behind a shell that ends it when its own stdin closes: that also happens when the
 * test runner is killed, which runs no teardown.
 */
const TETHER = '"$@" </dev/null & server=$!; cat >/dev/null; kill "$server"; wait "$server"'

let server: Server | null = null

/** Starts the one Temporal server of a test run and names it in the environment of the tests. */
export async function globalSetup(): Promise<void> {
  server = await startServer()
  process.env[TEST_ADDRESS_VARIABLE] = server.address
  await buildS3Server()
  // As `npm start` does; in a fresh clone there is none.
  await ensurePage((line) => console.error(line))
}

/** Ends the server of the test run. */
export async function globalTeardown(): Promise<void> {
  await server?.end()
}

async function startServer(): Promise<Server> {
  const given = process.env['TEMPORAL_ADDRESS']
  if (given) {
    await prepare(given)
    return { address: given, end: async () => undefined }
  }
  const { TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env
  const { launcher } = loadConfig({ TEMPORAL_CLI_PATH, XDG_CACHE_HOME })
  const cli = await findTemporalCli({
    cliPath: launcher.temporalCliPath,
    cacheDirectory: launcher.cacheDirectory,
    searchPath: process.env['PATH'] ?? '',
    say: (line) => console.error(line),
  })
  const port = await freePort('127.0.0.1')
  const flags = { namespace: TEST_NAMESPACE, port, uiPort: null, databaseFile: null }
  // The default of 1 s lets continue-as-new wait between two short runs.
  const args = serverArguments(flags, ['history.workflowIdReuseMinimalInterval="0s"'])
  const child = spawn('sh', ['-c', TETHER, 'sh', cli.path, ...args], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const end = async (): Promise<void> => {
    child.stdin.end()
    await Promise.race([ended, delay(END_TIMEOUT_MS, undefined, { ref: false })])
  }
  const address = `127.0.0.1:${port}`
  try {
    await prepare(address)
  } catch (error) {
    await end()
    throw error
  }
  return { address, end }
}

/** Here and not in the tests, several of which would build it at once. Without it they are skipped. */
async function buildS3Server(): Promise<void> {
  const { OCR_TEST_S3_ENDPOINT, XDG_CACHE_HOME } = process.env
  if (OCR_TEST_S3_ENDPOINT) return
  const { cacheDirectory } = loadConfig({ XDG_CACHE_HOME }).launcher
  await findS3Server({ cacheDirectory, mayBuild: true, say: (line) => console.error(line) })
}

async function prepare(address: string): Promise<void> {
  const connection = await connectWhenReady(address, TEST_NAMESPACE, READY_TIMEOUT_MS)
  if (connection === null) throw new Error(`Cannot reach the Temporal of the tests at ${address}`)
  await ensureSearchAttributes(connection, TEST_NAMESPACE)
  await connection.close()
}
