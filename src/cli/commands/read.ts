import { readFile, stat } from 'node:fs/promises'
import { exitOnConfigError } from '../../config/config-error.ts'
import { loadConfig } from '../../config/config.ts'
import type { ResultFormat } from '../../storage/object-keys.ts'
import { CommandError, EXIT_CODE, usageError } from '../command-error.ts'
import { expandInputs, type ExpandedInputs } from '../inputs/expand-inputs.ts'
import type { Input } from '../inputs/input.ts'
import { watchFiles } from '../inputs/watch-files.ts'
import { listenForInterrupt } from '../interrupt.ts'
import { readDestination, refuseCollisions, resultPath } from '../output/destination.ts'
import { counted, printable } from '../printable.ts'
import { createReporter } from '../progress/create-reporter.ts'
import type { Reporter } from '../progress/run-event.ts'
import { forEachConcurrently } from '../reading/for-each-concurrently.ts'
import { noteWaits } from '../reading/note-waits.ts'
import { readDocument } from '../reading/read-document.ts'
import type { Run } from '../reading/run.ts'
import { Tally } from '../reading/tally.ts'
import { startEmbeddedServer } from '../server/embedded-server.ts'
import { findServer, type FoundServer } from '../server/find-server.ts'
import { createServerClient } from '../server/server-client.ts'

/** Options of `durable-ocr <input…>`. */
export type ReadOptions = {
  readonly output?: string
  readonly format: ResultFormat
  readonly force?: true
  readonly engine?: string
  readonly pages?: string
  readonly password?: string
  readonly passwordFile?: string
  readonly watch?: true
  readonly json?: true
  readonly server?: string
}

/** Enough to keep a large server busy with documents of one page. */
const DOCUMENTS_AT_ONCE = 16

/** `durable-ocr <input…>`: reads files, folders, patterns, URLs and stdin; gives the exit code. */
export async function read(args: readonly string[], options: ReadOptions): Promise<number> {
  using interrupt = listenForInterrupt()
  const { signal } = interrupt
  process.stdout.on('error', () => interrupt.request(EXIT_CODE.outputClosed))
  const expanded = await expandInputs(args)
  if (options.watch) refuseUnwatchable(expanded.inputs)
  const plan = await planOutputs(expanded, options)
  const fields = await readFields(options)
  using reporter = createReporter({ isJson: options.json === true })
  if (expanded.skippedCount > 0)
    reporter.note(`${counted(expanded.skippedCount, 'file')} left out: neither PDF nor image`)
  if (expanded.inputs.length === 0 && !options.watch) return EXIT_CODE.done
  const tally = new Tally()
  signal.addEventListener('abort', () => reporter.note('Stopping; a second Ctrl-C ends at once'))
  try {
    await using server = await openServer(options.server ?? null, reporter, signal)
    const run: Run = {
      ...server,
      ...plan,
      reporter,
      signal,
      fields,
      isJson: options.json === true,
    }
    await (options.watch
      ? watch(args, run, { tally, ...plan })
      : readAll(expanded.inputs, run, tally))
  } catch (error) {
    if (interrupt.exitCode() === null) throw error
  }
  if (expanded.isSeveral || options.watch) reporter.note(tally.text())
  return interrupt.exitCode() ?? tally.exitCode()
}

async function readAll(inputs: readonly Input[], run: Run, tally: Tally): Promise<void> {
  const options = { limit: DOCUMENTS_AT_ONCE, signal: run.signal }
  await forEachConcurrently(inputs, options, async (input) =>
    tally.add(await readDocument(input, run)),
  )
}

type Watching = { readonly tally: Tally; readonly written: Set<string> }

async function watch(args: readonly string[], run: Run, state: Watching): Promise<void> {
  run.reporter.note('Watching; Ctrl-C ends it')
  await watchFiles(args, {
    limit: DOCUMENTS_AT_ONCE,
    signal: run.signal,
    async handle(input, modifiedAtMs) {
      const output = run.outputOf(input)
      if (output !== null && !state.written.has(output)) {
        const found = await stat(output).catch(() => null)
        // Read by an earlier run.
        if (found !== null && found.mtimeMs >= modifiedAtMs) return 'done'
      }
      const outcome = await readDocument(input, run)
      // From now on it is a result of ours: the next version may replace it.
      if (output !== null && (outcome === 'done' || outcome === 'flawed')) state.written.add(output)
      if (outcome === 'unreachable') return 'retry'
      state.tally.add(outcome)
      return 'done'
    },
  })
}

async function planOutputs(
  { inputs, isSeveral }: ExpandedInputs,
  { output, format, force, watch: isWatching }: ReadOptions,
) {
  const destination = await readDestination(output ?? null, isSeveral || isWatching === true)
  const outputOf = (input: Input): string | null => resultPath(input, destination, format)
  refuseCollisions(inputs, outputOf)
  const written = new Set<string>()
  return {
    format,
    outputOf,
    written,
    mayReplace: (path: string) => force === true || written.has(path),
  }
}

function refuseUnwatchable(inputs: readonly Input[]): void {
  const odd = inputs.find(({ source }) => source.kind !== 'file')
  if (odd !== undefined)
    throw usageError(`Cannot watch ${printable(odd.label)}: --watch takes files, folders, patterns`)
}

async function readFields(options: ReadOptions): Promise<Record<string, string>> {
  const { engine, pages, passwordFile } = options
  const password = passwordFile === undefined ? options.password : await readLine(passwordFile)
  const fields = Object.entries({ engine, pages, password })
  return Object.fromEntries(
    fields.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

async function readLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/)[0] ?? ''
  } catch (error) {
    throw new CommandError(
      `Cannot read the file of --password-file, ${printable(path)}`,
      EXIT_CODE.usage,
      { cause: error },
    )
  }
}

async function openServer(
  serverUrl: string | null,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<FoundServer & AsyncDisposable> {
  const config = exitOnConfigError(() => loadConfig())
  const onWait = noteWaits(reporter)
  const found = await findServer({ config, serverUrl, signal, onWait })
  if (found !== null) return { ...found, [Symbol.asyncDispose]: async () => undefined }
  reporter.note('No server runs here: starting one for this command')
  const server = await startEmbeddedServer({ signal, note: (line) => reporter.note(line) })
  return {
    client: createServerClient(server.url, config.commandLine.apiKey, onWait),
    maxUploadBytes: config.api.maxUploadBytes,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}
