import express from 'express'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createScnetRouter } from '../../src/api/dialects/scnet/router.ts'
import { filesRoute } from '../../src/api/files.ts'
import { assignRequestId } from '../../src/api/http/request-context.ts'
import { mountRoutes } from '../../src/api/http/route.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import { scnetResultKey } from '../../src/storage/object-keys.ts'
import { completedStatus, sampleManifest, sampleStatus } from './document-status.ts'
import { readJson } from './read-json.ts'
import { startTestApi, type TestApi, type TestApiOptions } from './test-api.ts'

/** Where the document has its routes. */
export const SCNET_BASE = '/api/llm/v1/ocrdoc'

/** An answer, its JSON untyped. */
export type ScnetAnswer = {
  readonly status: number
  readonly headers: Headers
  readonly body: Awaited<ReturnType<typeof readJson>>
}

/** The dialect alone, with the downloads that its answers lead to. */
export type ScnetApi = TestApi & {
  /** With a token, unless the headers have another. A body that is no text goes as JSON. */
  call(path: string, init?: Omit<RequestInit, 'body'> & { body?: unknown }): Promise<ScnetAnswer>
}

/** Serves the dialect at its documented place. */
export async function startScnetApi(options: TestApiOptions = {}): Promise<ScnetApi> {
  const api = await startTestApi({ ...options, createApp: createScnetApp })
  return {
    ...api,
    async call(path, { body, headers, ...init } = {}) {
      const isForm = body instanceof FormData
      const response = await api.fetch(SCNET_BASE + path, {
        ...init,
        ...(body === undefined
          ? {}
          : { body: isForm || typeof body === 'string' ? body : JSON.stringify(body) }),
        headers: {
          authorization: 'Bearer any',
          ...(isForm || body === undefined ? {} : { 'content-type': 'application/json' }),
          // Tests give plain objects.
          ...(headers as Record<string, string> | undefined),
        },
      })
      return { status: response.status, headers: response.headers, body: await readJson(response) }
    },
  }
}

/** A task of this dialect. */
export function taskStatus(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return sampleStatus({ dialect: 'scnet', ...changes })
}

/** A task that has succeeded. */
export function succeededStatus(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  const manifest = sampleManifest(
    changes.documentId === undefined ? {} : { documentId: changes.documentId },
  )
  const { documentId, createdAt, results } = manifest
  if (results === null) throw new Error('the sample has results')
  const scnet = scnetResultKey(documentId, createdAt)
  return completedStatus({
    manifest: { ...manifest, dialect: 'scnet', results: { ...results, scnet } },
    dialect: 'scnet',
    ...changes,
  })
}

function createScnetApp(deps: AppDeps) {
  const app = express()
  app.set('query parser', 'simple')
  app.use(assignRequestId)
  app.use(SCNET_BASE, createScnetRouter(deps))
  mountRoutes(app, [filesRoute(deps)], deps)
  return app
}
