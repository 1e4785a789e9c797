import assert from 'node:assert/strict'
import { get } from 'node:http'
import { describe, it, mock } from 'node:test'
import type { LiveDocuments } from '../../../../src/api/live/live-documents.ts'
import { sampleDocumentId } from '../../../support/document-status.ts'
import { startTestApi } from '../../../support/test-api.ts'
import { until } from '../../../support/until.ts'
import { runningWith } from '../../../support/watched-documents.ts'

const PATH = `/v1/documents/${sampleDocumentId()}/events`

describe('GET /v1/documents/{id}/events of a client that left', () => {
  it('keeps no watch and no timer for a client that left before its answer began', async () => {
    let looks = 0
    const live: LiveDocuments = {
      follow: () => {
        looks += 1
        return Promise.resolve({ [Symbol.dispose]: () => undefined })
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }
    await using api = await startTestApi({ documents: [runningWith('..')], live })
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    const status = api.gateway.status.bind(api.gateway)
    api.gateway.status = async (...args) => {
      asked.resolve()
      await answer.promise
      return status(...args)
    }
    const intervals = mock.method(globalThis, 'setInterval')
    const request = get(api.url + PATH, { agent: false }).on('error', () => undefined)
    try {
      await asked.promise
      request.destroy()
      await until(() => request.closed, 'the client has left')
      await until(
        () => api.logLines.some((line) => line.includes('isAborted')),
        'the server knows it',
      )
      const before = intervals.mock.callCount()
      answer.resolve()
      await api.fetch('/version')

      assert.equal(looks, 0)
      assert.equal(intervals.mock.callCount(), before)
    } finally {
      intervals.mock.restore()
      answer.resolve()
      request.destroy()
    }
  })
})
