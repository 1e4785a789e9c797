import { z } from 'zod'
import { saveResult } from '../../src/api/dialects/deepseek/saved-results.ts'
import type { Dialect } from '../../src/contract/document.ts'
import type { EngineId } from '../../src/contract/engines.ts'
import type { DocumentId } from '../../src/contract/identifiers.ts'
import { ALICE } from './api-keys.ts'
import { sampleDocumentId, sampleStatus } from './document-status.ts'
import { samplePage } from './qianxia-api.ts'
import type { TestApi } from './test-api.ts'

/** Stands in names and texts of what is Alice's, and nowhere else. */
export const CANARY = 'canary-of-alice'

/** A route as the OpenAPI document of an application has it. */
export type DocumentedRoute = {
  readonly method: string
  /** With `{name}` where something is to be named. */
  readonly path: string
}

type Owned = { readonly id: DocumentId; readonly dialect: Dialect; readonly engine: EngineId }

/** Paths of each dialect, the more specific ones first, and a document that can be asked for there. */
const DOCUMENTS: readonly (readonly [RegExp, Owned])[] = [
  [/^\/v1\//, { id: sampleDocumentId(1), dialect: 'v1', engine: 'paddle' }],
  [/ocrdoc/, { id: sampleDocumentId(2), dialect: 'scnet', engine: 'paddle' }],
  [/\/api\/llm\//, { id: sampleDocumentId(3), dialect: 'py-ocr', engine: 'llm' }],
  [/\/api\/ocr\//, { id: sampleDocumentId(4), dialect: 'py-ocr', engine: 'ollama' }],
  [/^(?:\/pyocr)?\/api\//, { id: sampleDocumentId(5), dialect: 'py-ocr', engine: 'paddle' }],
  [/\{password\}/, { id: sampleDocumentId(6), dialect: 'qianxia', engine: 'llm' }],
]

const OPEN_API = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })

/** Gives Alice a document of every dialect and a saved text; gives the name of that. */
export async function layOwnedDocuments(api: TestApi): Promise<string> {
  for (const [, { id, dialect, engine }] of DOCUMENTS) {
    const status = sampleStatus({
      documentId: id,
      dialect,
      engine,
      owner: ALICE.owner,
      fileName: `${CANARY}.pdf`,
    })
    api.gateway.documents.set(id, status)
    api.gateway.pages.set(`${id}/1`, samplePage(1, { text: CANARY, markdown: CANARY }))
    api.gateway.documentWebhooks.set(id, { events: [], deliveries: [] })
  }
  return saveResult(api.store, CANARY, { owner: ALICE.owner })
}

/** Every route that an application documents. */
export async function documentedRoutes(api: TestApi): Promise<DocumentedRoute[]> {
  const response = await api.fetch('/openapi.json')
  const { paths } = OPEN_API.parse(JSON.parse(await response.text()))
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ method: method.toUpperCase(), path })),
  )
}

/** Asks a route for what is Alice's. */
export async function askForOwned(
  api: TestApi,
  { method, path }: DocumentedRoute,
  { headers, saved }: { readonly headers: Record<string, string>; readonly saved: string },
): Promise<{ readonly status: number; readonly body: string }> {
  const id = DOCUMENTS.find(([pattern]) => pattern.test(path))?.[1].id ?? ''
  const names: Readonly<Record<string, string>> = {
    id,
    task_id: id,
    password: 'pwd',
    n: '1',
    page_number: '1',
    name: 'page-1-1.png',
    file: 'page-1-1.png',
    filename: saved,
    key: 'documents',
  }
  const asked = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => names[name] ?? '')
  const ids = { task_ids: [id], ids: [id], task_id: id, taskId: id }
  const isRead = method === 'GET'
  const response = await api.fetch(isRead ? `${asked}?taskId=${id}&task_id=${id}` : asked, {
    method,
    headers: { ...headers, ...(isRead ? {} : { 'content-type': 'application/json' }) },
    ...(isRead ? {} : { body: JSON.stringify(ids) }),
  })
  const isEndless = response.headers.get('content-type')?.startsWith('text/event-stream')
  if (isEndless) {
    await response.body?.cancel()
    return { status: response.status, body: '(events)' }
  }
  const body = await response.text()
  return {
    status: response.status,
    body: body.replaceAll(/"(request_id|requestId|timestamp|instance)":"[^"]*"/g, ''),
  }
}
