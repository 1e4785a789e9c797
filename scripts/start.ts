/*
 * `npm start`: Temporal, one worker with all roles, and the api, until Ctrl-C.
 * `npm start -- --sample` also sends the bundled sample through, prints its Markdown, and ends.
 * `npm run dev` passes `--watch`: worker and api start again when their files change, and the web page
 * is built again when its sources do.
 */
import { relative } from 'node:path'
import { loadConfig, type Config } from '../src/config/config.ts'
import { CONFIG_EXIT_CODE, exitOnConfigError } from '../src/config/config-error.ts'
import { withDataDirectory } from '../src/config/data-directory.ts'
import { coerceError } from '../src/platform/errors.ts'
import { ensurePage } from './page/ensure-page.ts'
import { runSample, SAMPLE_PATH } from './start/run-sample.ts'
import { startSupervised, type Supervised } from './start/supervised.ts'
import { waitUntilReady } from './start/wait-until-ready.ts'
import { watchParent } from './start/parent-watch.ts'
import { freePort, isPortFree } from './temporal/ports.ts'

const READY_TIMEOUT_MS = 60_000

/** Of a sample that was cut short: 128 + SIGINT. */
const INTERRUPTED_EXIT_CODE = 130

const config = exitOnConfigError(() => withDataDirectory(loadConfig()))
const isSample = process.argv.includes('--sample')
const isWatch = process.argv.includes('--watch')
const stopping = new AbortController()
const stop = (): void => stopping.abort()
// `on`, not `once`: npm passes Ctrl-C on to us although the terminal has sent it already.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
watchParent(stop)
process.exitCode = await main()

async function main(): Promise<number> {
  if (isSample && config.api.access.apiKeys.length > 0 && config.commandLine.apiKey === null) {
    console.error('The sample needs a key: set OCR_API_KEY to one of the keys of OCR_API_KEYS')
    return CONFIG_EXIT_CODE
  }
  const port = config.api.port || (await freePort(config.api.host))
  if (!(await isPortFree(config.api.host, port))) {
    console.error(`Port ${port} on ${config.api.host} is taken: set OCR_PORT to another one`)
    return 1
  }
  if (!isSample && !isWatch) await ensurePage((line) => console.error(line))
  const supervised = startSupervised({
    args: isWatch ? ['--watch'] : [],
    env: partEnvironment(port),
    quietStdout: isSample,
  })
  stopping.signal.addEventListener('abort', () => void supervised.stop())
  try {
    await use(supervised, config, port)
    return 0
  } catch (error) {
    if (stopping.signal.aborted) return isSample ? INTERRUPTED_EXIT_CODE : 0
    console.error(coerceError(error).message)
    return 1
  } finally {
    await supervised.stop()
  }
}

async function use(supervised: Supervised, { api }: Config, port: number): Promise<void> {
  const { temporalUiUrl } = await supervised.started
  const host = api.host === '0.0.0.0' || api.host === '::' ? '127.0.0.1' : api.host
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  const isReady = await Promise.race([
    waitUntilReady(origin, READY_TIMEOUT_MS, stopping.signal),
    supervised.ended,
  ])
  if (isReady === undefined) throw new Error('Everything ended before it was ready')
  if (isReady === false) console.error(`Not ready after 60 s; see ${origin}/readyz`)
  if (isSample) {
    const markdown = await runSample(origin, {
      apiKey: config.commandLine.apiKey,
      say: (line) => console.error(line),
      signal: stopping.signal,
    })
    process.stdout.write(markdown.endsWith('\n') ? markdown : `${markdown}\n`)
    return
  }
  printUrls(origin, temporalUiUrl)
  await supervised.ended
  if (!stopping.signal.aborted) throw new Error('Everything ended; the lines above say why')
}

function printUrls(origin: string, temporalUiUrl: string | null): void {
  const needsKey = config.api.access.apiKeys.length > 0
  const lines = [
    '',
    `  Page         ${origin}/`,
    `  API          ${origin}/v1`,
    `  API docs     ${origin}/docs`,
    `  Temporal UI  ${temporalUiUrl ?? 'that of the cluster in TEMPORAL_ADDRESS'}`,
    '',
    `  Try it:  curl ${needsKey ? '-H "X-API-Key: …" ' : ''}-F file=@${relative(process.cwd(), SAMPLE_PATH)} ${origin}/v1/documents`,
    '  Ctrl-C ends everything; what is in flight is done again at the next start.',
    '',
  ]
  console.log(lines.join('\n'))
}

function partEnvironment(port: number): Record<string, string | undefined> {
  // A log line per step would bury the progress of the sample.
  const logLevel = process.env['OCR_LOG_LEVEL'] || (isSample ? 'warn' : undefined)
  return { ...process.env, OCR_PORT: String(port), OCR_LOG_LEVEL: logLevel }
}
