import assert from 'node:assert/strict'
import express, { type Express } from 'express'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createDotsRouter } from '../../src/api/dialects/dots/router.ts'
import { assignRequestId } from '../../src/api/http/request-context.ts'
import type { Submission } from '../../src/api/gateway/submission.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { PageRecord } from '../../src/contract/page.ts'
import { completedStatus, sampleDocumentId, sampleStatus } from './document-status.ts'
import { readJson } from './read-json.ts'
import { startTestApi, type TestApi, type TestApiOptions } from './test-api.ts'

/** The smallest file that counts as a PNG by its content. */
export const PNG_BYTES = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex'),
  Buffer.from('0000000049454e44ae426082', 'hex'),
])

/** A request with every documented field that is needed. */
export const BASE64_REQUEST = { image: PNG_BYTES.toString('base64'), image_format: 'base64' }

/** What the tests' documents say. */
export const PAGE_TEXT = '第一行\nsecond line'

/** An api whose model is loaded, with room for two requests; the router stands under `/dots`. */
export async function startDotsApi(options: TestApiOptions = {}): Promise<TestApi> {
  const api = await startTestApi({
    gpuStatus: async () => ({ isReady: true, slots: 2, gpu: null }),
    createApp: createDotsApp,
    ...options,
  })
  api.gateway.pages.set(`${sampleDocumentId()}/1`, PAGE_RECORD)
  return api
}

function createDotsApp(deps: AppDeps): Express {
  const app = express()
  app.use(assignRequestId, deps.relays.router)
  // Two of them, as on the main port and on the documented one.
  app.use('/dots', createDotsRouter(deps))
  app.use('/again', createDotsRouter(deps))
  return app
}

/** Lets the document of the next request end at once. */
export function willEnd(api: TestApi, changes: Partial<DocumentStatus> = {}): void {
  api.gateway.documents.set(sampleDocumentId(), completedStatus({ dialect: 'dots', ...changes }))
}

/** Lets the document of the next request run. */
export function willRun(api: TestApi): void {
  api.gateway.documents.set(sampleDocumentId(), sampleStatus({ dialect: 'dots' }))
}

/** Sends a body to `POST /ocr`; a string as it is. */
export function postOcr(
  api: Pick<TestApi, 'fetch'>,
  body: unknown,
  init: RequestInit & { readonly prefix?: string } = {},
): Promise<Response> {
  const { prefix = '/dots', ...rest } = init
  return api.fetch(`${prefix}/ocr`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...rest,
  })
}

/** Status and body of an answer. */
export async function answerOf(response: Response): Promise<readonly [number, unknown]> {
  return [response.status, await readJson(response)]
}

/** The lines of an answer, one at a time. */
export async function* linesOf(response: Response): AsyncGenerator<Record<string, unknown>, void> {
  let rest = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
  assert.equal(rest, '')
}

/** What a request that succeeds submits. */
export async function submissionOf(api: TestApi, body: object): Promise<Submission> {
  willEnd(api)
  const response = await postOcr(api, body)
  assert.equal(response.status, 200, await response.text())
  const submission = api.gateway.submissions.at(-1)
  assert.ok(submission)
  return submission
}

const PAGE_RECORD: PageRecord = {
  page: 1,
  outcome: 'ok',
  engine: 'dots',
  widthPx: 100,
  heightPx: 100,
  dpi: 200,
  text: PAGE_TEXT,
  markdown: PAGE_TEXT,
  markup: 'plain',
  blocks: [],
  warnings: [],
  usage: null,
}
