import { styleText } from 'node:util'
import { Command } from 'commander'
import { usageError } from './command-error.ts'
import type { ListOptions } from './commands/list.ts'
import type { ReadOptions } from './commands/read.ts'
import type { ResultOptions } from './commands/result.ts'
import type { StatusOptions } from './commands/status.ts'
import {
  engineOption,
  forceOption,
  formatOption,
  limitOption,
  outputOption,
  pagesOption,
  passwordOptions,
  readId,
  readIds,
  readKeyName,
  readVersion,
  serverOption,
  statusOption,
} from './options.ts'

const EXAMPLES = `
Examples:
  durable-ocr scan.pdf                       Markdown on stdout
  durable-ocr scan.pdf --pages 1-3 -o out.md
  durable-ocr invoices/ -o texts/ --format text
  durable-ocr inbox/ --watch                 until Ctrl-C
  curl -s https://example.com/a.pdf | durable-ocr -

One result goes to stdout, several go to files beside their inputs or in the
folder of -o, as scan.pdf.md. Without --server or OCR_SERVER, the server on this
machine is asked; where none runs, one is started for the command. Ctrl-C
cancels what is not done.

Exit codes: 0 done; 1 a document failed, or a page of one; 2 not understood;
78 wrong configuration, or Node too old; 130 Ctrl-C.

More: docs/command-line.md
`

/** The commands, their options, and what each runs; every action gives the exit code to `end`. */
export function createProgram(end: (exitCode: number) => void): Command {
  const program = new Command('durable-ocr')
    .usage('[options] <input...>\n       durable-ocr <command> [options]')
    .description('OCR that survives any crash: PDFs and images in, Markdown out.')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .configureHelp({ styleTitle: (title) => styleText('bold', title) })
    .configureOutput({
      // On one line, with "(Did you mean …?)".
      outputError: (text, write) =>
        write(text.replace(/^error: /, 'durable-ocr: ').replaceAll(/\n(?=.)/g, ' ')),
    })
    .exitOverride()
    // An option means what the command before it says.
    .enablePositionalOptions()
    .addHelpText('after', EXAMPLES)
  addReading(program, end)
  addAsking(program, end)
  addRunning(program, end)
  program.hook('preSubcommand', (_, command) => {
    const given = program.options.find(
      (option) => program.getOptionValueSource(option.attributeName()) === 'cli',
    )
    // Silently asking another server would be worse.
    if (given !== undefined) throw usageError(`Write ${given.long} after "${command.name()}"`)
  })
  return program
}

type End = (exitCode: number) => void

function addReading(program: Command, end: End): void {
  program
    .argument('[input...]', 'files, folders, "patterns*", URLs, or - for stdin')
    .addOption(outputOption())
    .addOption(formatOption())
    .addOption(forceOption())
    .addOption(engineOption())
    .addOption(pagesOption())
  for (const option of passwordOptions()) program.addOption(option)
  program
    .option('--watch', 'keep reading what appears or changes, until Ctrl-C')
    .option('--json', 'print one JSON line per event on stdout')
    .addOption(serverOption())
    .version(readVersion(), '-V, --version', 'print the version')
    .action(async (inputs: readonly string[], options: ReadOptions) => {
      if (inputs.length === 0)
        throw usageError('Name a file, a folder, a URL or - for stdin; --help says more')
      const { read } = await import('./commands/read.ts')
      end(await read(inputs, options))
    })
}

function addAsking(program: Command, end: End): void {
  program.commandsGroup('Commands about documents on a server:')
  program
    .command('status')
    .summary('say where a document is')
    .description('Says where a document is.')
    .argument('<id>', 'id of the document', readId)
    .option('--watch', 'follow it to its end; exit code 1 when it fails')
    .option('--json', 'print JSON')
    .addOption(serverOption())
    .action(async (id: string, options: StatusOptions) => {
      const { status } = await import('./commands/status.ts')
      end(await status(id, options))
    })
  program
    .command('list')
    .summary('list documents')
    .description('Lists documents: running ones first, then by their end, latest first.')
    .addOption(statusOption())
    .addOption(limitOption())
    .option('--json', 'print one JSON line per document')
    .addOption(serverOption())
    .action(async (options: ListOptions) => {
      const { list } = await import('./commands/list.ts')
      end(await list(options))
    })
  program
    .command('result')
    .summary('fetch the result of a document')
    .description('Fetches the result of a document that has ended.')
    .argument('<id>', 'id of the document', readId)
    .addOption(outputOption())
    .addOption(formatOption())
    .addOption(forceOption())
    .addOption(serverOption())
    .action(async (id: string, options: ResultOptions) => {
      const { result } = await import('./commands/result.ts')
      end(await result(id, options))
    })
  program
    .command('cancel')
    .summary('cancel documents')
    .description('Cancels documents; pages that were read stay readable.')
    .argument('<id...>', 'ids of the documents', readIds)
    .addOption(serverOption())
    .action(async (ids: readonly string[], options: { readonly server?: string }) => {
      const { cancel } = await import('./commands/cancel.ts')
      end(await cancel(ids, options))
    })
}

function addRunning(program: Command, end: End): void {
  program.commandsGroup('Commands that run the service:')
  program
    .command('serve')
    .summary('run Temporal, a worker and the api until Ctrl-C')
    .description('Runs Temporal, a worker and the api until Ctrl-C, as `npm start` does.')
    .action(async () => {
      const { serve } = await import('./commands/serve.ts')
      end(await serve())
    })
  program
    .command('api')
    .summary('run the api until Ctrl-C')
    .description('Runs the api, without Temporal and workers, until Ctrl-C.')
    // The program itself: it sets the exit code.
    .action(async () => void (await import('../api/main.ts')))
  program
    .command('worker')
    .summary('run a worker until Ctrl-C')
    .description('Runs a worker until Ctrl-C; OCR_WORKER_ROLES says what it works on.')
    // The program itself: it sets the exit code.
    .action(async () => void (await import('../workers/main.ts')))
  program
    .command('new-key')
    .summary('make an API key, and the setting that lets it in')
    .description('Makes an API key. It is shown this once; OCR_API_KEYS takes its hash.')
    .argument('<name>', 'who is to have it: letters, digits, . _ -', readKeyName)
    .action(async (name: string) => {
      const { newKey } = await import('./commands/new-key.ts')
      end(newKey(name))
    })
  program
    .command('doctor')
    .summary('check everything, and say what to change')
    .description(
      'Checks Node, configuration, Temporal, store and engines, and says what to change.',
    )
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: true }) => {
      const { runDoctor } = await import('./doctor/run-doctor.ts')
      end(await runDoctor({ isJson: json === true, out: process.stdout }))
    })
}
