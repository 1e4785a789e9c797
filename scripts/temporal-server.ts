/*
 * Runs the Temporal server of the data directory until SIGINT or SIGTERM.
 * With `--install` it only makes sure that the Temporal CLI is there: the step that may take minutes.
 */
import { loadConfig } from '../src/config/config.ts'
import { exitOnConfigError } from '../src/config/config-error.ts'
import { withDataDirectory } from '../src/config/data-directory.ts'
import { coerceError } from '../src/platform/errors.ts'
import { findTemporalCli } from './temporal/find-cli.ts'
import { createTemporalLauncher } from './temporal/launcher.ts'

const config = exitOnConfigError(() => withDataDirectory(loadConfig()))
const say = (line: string): void => console.error(line)

try {
  if (process.argv.includes('--install')) await install()
  else await serve()
} catch (error) {
  say(coerceError(error).message)
  process.exitCode = 1
}

async function install(): Promise<void> {
  // With a handler, the exit listeners run, which end a build that is under way.
  process.once('SIGINT', () => process.exit(130))
  process.once('SIGTERM', () => process.exit(143))
  const { temporalCliPath, cacheDirectory } = config.launcher
  const searchPath = process.env['PATH'] ?? ''
  const cli = await findTemporalCli({ cliPath: temporalCliPath, searchPath, cacheDirectory, say })
  console.log(cli.path)
}

async function serve(): Promise<void> {
  const stopped = Promise.withResolvers<'stopped'>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => stopped.resolve('stopped'))
  const launch = await createTemporalLauncher(config, {
    say,
    onOutput: (output) => output.pipe(process.stderr, { end: false }),
  })
  const server = await launch()
  say(`Temporal: ${server.address}, web page ${server.uiUrl}`)
  const ending = await Promise.race([stopped.promise, server.exited])
  await server.stop()
  if (ending !== 'stopped') throw new Error(`The Temporal server ended by itself (${ending})`)
}
