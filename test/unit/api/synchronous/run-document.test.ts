import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get, type ClientRequest } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { createApp } from '../../../../src/api/app.ts'
import { runDocument, type Run } from '../../../../src/api/synchronous/run-document.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleStatus,
} from '../../../support/document-status.ts'
import { startTestApi, type TestApi } from '../../../support/test-api.ts'
import { until } from '../../../support/until.ts'

const ID = sampleDocumentId()
const MINUTE_MS = 60_000
const RUN: Run = {
  source: { kind: 'remote', remote: { url: 'http://x.example/', maxBytes: 1, mediaTypes: null } },
  dialect: 'dots',
  senderAddress: null,
  owner: null,
  route: 'test',
  idempotencyKey: null,
  engine: 'dots',
  languages: null,
  dpi: 200,
  pages: null,
  password: null,
  maxPages: 1,
  maxImageSidePx: null,
  textStyle: 'form-feed',
  deadlineMs: MINUTE_MS,
}

/** An application whose one route runs a document; what becomes of the run is told. */
async function startRunApi(run: Run = RUN) {
  const outcome = Promise.withResolvers<unknown>()
  const api = await startTestApi({
    documents: [sampleStatus()],
    createApp(deps) {
      const app = express()
      app.get('/run', (_req, response) => {
        runDocument(deps, run, response)
          .then((status) => response.json({ state: status.state }))
          .catch((error: unknown) => {
            outcome.resolve(error)
            response.status(500).end()
          })
      })
      app.use(createApp(deps))
      return app
    },
  })
  return { api, failure: () => outcome.promise }
}

const ask = (api: TestApi): ClientRequest =>
  get(`${api.url}/run`, { agent: false }).on('error', () => undefined)

describe('runDocument', () => {
  it('waits through an outage and answers when the document has ended', async () => {
    const { api } = await startRunApi()
    await using _ = api
    const awaitEnd = api.gateway.awaitEnd.bind(api.gateway)
    let outages = 0
    api.gateway.awaitEnd = (...args) => {
      outages += 1
      if (outages > 1) return awaitEnd(...args)
      api.gateway.documents.set(ID, completedStatus())
      return Promise.reject(new OcrError('SERVICE_UNAVAILABLE', 'away'))
    }

    const request = ask(api)
    const [response] = await once(request, 'response')
    response.resume()

    assert.equal(response.statusCode, 200)
    assert.equal(outages, 2)
  })

  it('cancels the document of a client that leaves', async () => {
    const { api, failure } = await startRunApi()
    await using _ = api

    const request = ask(api)
    await until(() => api.gateway.submissions.length === 1, 'it was submitted')
    request.destroy()
    const error = await failure()

    assert.equal((error as Error).name, 'AbortError')
    assert.equal(api.gateway.documents.get(ID)?.state, 'cancelling')
  })

  it('gives up when no worker ends the document in its time, and cancels it', async () => {
    const { api, failure } = await startRunApi({ ...RUN, deadlineMs: 50, marginMs: 50 })
    await using _ = api

    const request = ask(api)
    const [response] = await once(request, 'response')
    response.resume()

    assert.ok((await failure()) instanceof OcrError)
    assert.equal(((await failure()) as OcrError).code, 'TIME_BUDGET')
    assert.equal(api.gateway.documents.get(ID)?.state, 'cancelling')
  })

  it('leaves alone a document whose failure is its own', async () => {
    const { api, failure } = await startRunApi()
    await using _ = api
    api.gateway.awaitEnd = () => Promise.resolve(null)

    const request = ask(api)
    const [response] = await once(request, 'response')
    response.resume()

    assert.equal(((await failure()) as OcrError).code, 'DOCUMENT_NOT_FOUND')
    assert.equal(api.gateway.documents.get(ID)?.state, 'processing')
  })
})
