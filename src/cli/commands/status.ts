import { EXIT_CODE } from '../command-error.ts'
import { counted, printable } from '../printable.ts'
import { createReporter } from '../progress/create-reporter.ts'
import { toRunEvent } from '../progress/run-event.ts'
import type { DocumentBody } from '../server/document-body.ts'
import { followDocument } from '../server/follow-document.ts'
import { withServer, type ServerCommand } from './with-server.ts'

/** Options of `durable-ocr status`. */
export type StatusOptions = {
  readonly watch?: true
  readonly json?: true
  readonly server?: string
}

/** `durable-ocr status <id>`: where a document is; with `--watch`, until it has ended. */
export function status(id: string, options: StatusOptions): Promise<number> {
  return withServer(options.server, async (command) => {
    const document = options.watch
      ? await watch(id, command, options)
      : await command.client.status(id, { signal: command.signal })
    if (!options.json) process.stdout.write(`${statusLines(document).join('\n')}\n`)
    else if (!options.watch) process.stdout.write(`${JSON.stringify(document)}\n`)
    const isBad = document.status === 'failed' || document.status === 'cancelled'
    // To have asked is enough; to have waited is to want it done.
    return options.watch === true && (isBad || document.pages.failed > 0)
      ? EXIT_CODE.failed
      : EXIT_CODE.done
  })
}

async function watch(
  id: string,
  { client, signal }: ServerCommand,
  { json }: StatusOptions,
): Promise<DocumentBody> {
  using reporter = createReporter({ isJson: json === true })
  let document = await client.status(id, { signal })
  for await (const event of followDocument(client, id, { signal })) {
    reporter.report(toRunEvent({ input: document.file_name, id }, event))
    if (event.kind === 'document') document = event.document
  }
  return document
}

function statusLines(document: DocumentBody): string[] {
  const { pages, failure, queued_reason: reason } = document
  const rows: readonly (readonly [string, string | null])[] = [
    ['id', document.id],
    ['file', document.file_name],
    ['status', reason === null ? document.status : `${document.status} (${reason})`],
    ['pages', pages.total === 0 ? null : `${pages.done} of ${counted(pages.total, 'page')} done`],
    ['failure', failure === null ? null : `${failure.title} (${failure.code})`],
    ...document.failed_pages.map(({ page, code }) => [`page ${page}`, `failed: ${code}`] as const),
    ['engine', document.engine],
    ['created', document.created_at],
    ['ended', document.completed_at],
  ]
  return rows.flatMap(([name, value]) =>
    value === null ? [] : [`${name.padEnd(10)}${printable(value)}`],
  )
}
