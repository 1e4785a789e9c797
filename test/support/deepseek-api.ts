import { connect } from 'node:net'
import express, { type Express } from 'express'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createDeepseekRouter } from '../../src/api/dialects/deepseek/router.ts'
import type { GpuStatus } from '../../src/api/gpu-status.ts'
import { assignRequestId, closeUnreadBody } from '../../src/api/http/request-context.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { PageRecord } from '../../src/contract/page.ts'
import { completedStatus, sampleDocumentId } from './document-status.ts'
import { startTestApi, type TestApi } from './test-api.ts'

const MIB = 1_048_576

/** A model that is loaded, on the GPU of the document's example. */
export const LOADED: GpuStatus = {
  isReady: true,
  slots: 2,
  gpu: {
    name: 'NVIDIA GeForce RTX 3060',
    totalBytes: 12_288 * MIB,
    allocatedBytes: 3_533 * MIB,
    reservedBytes: 4_219 * MIB,
  },
}

/** The first bytes of a PNG: enough to be taken for one. */
export const PNG_BYTES = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** An application with the DeepSeek dialect under `/deepseek`, in front of a fake gateway. */
export function startDeepseekApi(
  options: { readonly gpu?: GpuStatus; readonly documents?: readonly DocumentStatus[] } = {},
): Promise<TestApi> {
  const { gpu = LOADED, documents = [] } = options
  return startTestApi({ documents, gpuStatus: async () => gpu, createApp: createDeepseekTestApp })
}

/** The same, with a run that ends with a text. */
export async function startAnsweringApi(text: string): Promise<TestApi> {
  const api = await startDeepseekApi({ documents: [completedStatus()] })
  api.gateway.pages.set(`${sampleDocumentId()}/1`, pageWith(text))
  return api
}

/** A multipart form as the document's examples send it. */
export function imageForm(
  fields: Readonly<Record<string, string>> = {},
  bytes: Uint8Array = PNG_BYTES,
): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('image', new Blob([Buffer.from(bytes)]), 'image.png')
  return form
}

/** The `fetch` options of a JSON request. */
export function jsonInit(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

/** Sends the head of a request and no body; gives what comes until the server closes. */
export async function sendHead(api: TestApi, head: string): Promise<string> {
  const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
  const pieces: Buffer[] = []
  socket.on('error', () => {}).on('data', (data) => pieces.push(Buffer.from(data)))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.write(head)
  await closed
  return Buffer.concat(pieces).toString('utf8')
}

function createDeepseekTestApp(deps: AppDeps): Express {
  const app = express()
  app.use(assignRequestId, closeUnreadBody)
  app.use('/deepseek', createDeepseekRouter(deps))
  return app
}

function pageWith(text: string): PageRecord {
  return {
    page: 1,
    outcome: 'ok',
    engine: 'deepseek',
    widthPx: 100,
    heightPx: 100,
    dpi: 200,
    text,
    markdown: text,
    blocks: [],
    warnings: [],
    usage: null,
  }
}
