import type { DocumentState } from '../../contract/document-status.ts'
import { EXIT_CODE } from '../command-error.ts'
import { printable } from '../printable.ts'
import type { DocumentBody } from '../server/document-body.ts'
import { withServer } from './with-server.ts'

/** Options of `durable-ocr list`. */
export type ListOptions = {
  readonly status?: DocumentState
  readonly limit: number
  readonly json?: true
  readonly server?: string
}

/** `durable-ocr list`: the documents of a server, a line each: running ones first, then the latest. */
export function list(options: ListOptions): Promise<number> {
  return withServer(options.server, async ({ client, signal }) => {
    const query = { limit: options.limit, status: options.status ?? null }
    const documents = await client.list(query, { signal })
    const lineOf = options.json ? (document: DocumentBody) => JSON.stringify(document) : listLine
    for (const document of documents) process.stdout.write(`${lineOf(document)}\n`)
    if (documents.length === 0 && !options.json) process.stderr.write('No documents\n')
    return EXIT_CODE.done
  })
}

function listLine(document: DocumentBody): string {
  const { id, status, pages, created_at: createdAt } = document
  const count = pages.total === 0 ? '-' : `${pages.done}/${pages.total}`
  const created = createdAt.slice(0, 19).replace('T', ' ')
  return [id, status.padEnd(10), count.padStart(9), created, printable(document.file_name)].join(
    '  ',
  )
}
