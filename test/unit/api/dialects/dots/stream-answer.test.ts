import assert from 'node:assert/strict'
import { request, type ClientRequest } from 'node:http'
import { describe, it } from 'node:test'
import { sampleDocumentId, sampleStatus } from '../../../../support/document-status.ts'
import {
  answerOf,
  BASE64_REQUEST,
  linesOf,
  PAGE_TEXT,
  postOcr,
  startDotsApi,
  willEnd,
  willRun,
} from '../../../../support/dots-api.ts'
import type { TestApi } from '../../../../support/test-api.ts'
import { until } from '../../../../support/until.ts'

const STREAMED = { ...BASE64_REQUEST, stream: true, prompt_type: 'prompt_ocr' }
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/

/** The request of the worker that reads the document of the last request. */
async function relay(api: TestApi, before = 0): Promise<ClientRequest> {
  await until(() => api.gateway.submissions.length > before, 'a document was submitted')
  const url = api.gateway.submissions.at(-1)?.relayUrl
  assert.ok(url)
  const sent = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/x-ndjson' },
  })
  sent.on('error', () => undefined)
  sent.flushHeaders()
  return sent
}

function say(worker: ClientRequest, text: string): void {
  worker.write(`${JSON.stringify({ text })}\n`)
}

describe('POST /ocr with stream: true', () => {
  it('asks for the raw text, with an address to post it to', async () => {
    await using api = await startDotsApi()
    willEnd(api)

    await (await postOcr(api, { ...STREAMED, prompt_type: 'prompt_layout_all_en' })).text()

    const [submission] = api.gateway.submissions
    assert.partialDeepStrictEqual(submission, { question: { isRaw: true } })
    assert.match(submission?.relayUrl ?? '', /\/internal\/relay\/[\w-]{43}$/)
  })

  it('sends each piece as a line of its own as soon as it has come', async () => {
    await using api = await startDotsApi()
    willRun(api)
    const answer = postOcr(api, STREAMED)
    const worker = await relay(api)

    say(worker, '部分结果')
    const response = await answer
    const lines = linesOf(response)
    const first = await lines.next()
    say(worker, '更多结果')
    const second = await lines.next()
    worker.end('{"done":true}\n')
    willEnd(api)
    const last = await lines.next()

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'application/x-ndjson')
    const written = [first, second, last].map(({ value }) => value ?? {})
    assert.deepEqual(
      written.map(({ created_at: _time, ...line }) => line),
      [
        { model: 'dots-ocr', response: '部分结果', done: false },
        { model: 'dots-ocr', response: '更多结果', done: false },
        { model: 'dots-ocr', response: '', done: true },
      ],
    )
    for (const line of written) {
      assert.deepEqual(Object.keys(line), ['model', 'created_at', 'response', 'done'])
      assert.match(String(line['created_at']), TIME)
    }
    assert.equal((await lines.next()).done, true)
  })

  it('tells local time, later in each line', async () => {
    await using api = await startDotsApi()
    willEnd(api)

    const lines = await Array.fromAsync(linesOf(await postOcr(api, STREAMED)))

    const times = lines.map((line) => String(line['created_at']))
    assert.deepEqual(times, times.toSorted())
    // Without a zone JavaScript reads it as local time too.
    const agoMs = Date.now() - Date.parse(times[0] ?? '')
    assert.ok(agoMs >= 0 && agoMs < 10_000, `${agoMs} ms ago`)
  })

  it('sends the whole text in one line when no worker has reached the relay', async () => {
    await using api = await startDotsApi()
    willEnd(api)

    const lines = await Array.fromAsync(linesOf(await postOcr(api, STREAMED)))

    assert.deepEqual(
      lines.map(({ response, done }) => [response, done]),
      [
        [PAGE_TEXT, false],
        ['', true],
      ],
    )
  })

  it('sends the whole text when the only worker broke off before its first piece', async () => {
    await using api = await startDotsApi()
    willRun(api)
    const answer = postOcr(api, STREAMED)
    const worker = await relay(api)
    worker.destroy()
    willEnd(api)

    const lines = await Array.fromAsync(linesOf(await answer))

    assert.deepEqual(
      lines.map(({ response }) => response),
      [PAGE_TEXT, ''],
    )
  })

  it('answers a failure before the first line like one that is not streamed', async () => {
    await using api = await startDotsApi()
    willEnd(api, { state: 'failed', failureCode: 'CORRUPT_IMAGE' })

    const response = await postOcr(api, STREAMED)

    assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
    assert.deepEqual(await answerOf(response), [
      400,
      { error: 'Image cannot be decoded', detail_code: 'CORRUPT_IMAGE' },
    ])
  })

  it('tells a failure after the first line in the last one, and cancels the document', async () => {
    await using api = await startDotsApi()
    willRun(api)
    const answer = postOcr(api, STREAMED)
    const worker = await relay(api)
    say(worker, 'a')
    const lines = linesOf(await answer)
    await lines.next()

    worker.destroy()

    assert.deepEqual(await lines.next(), {
      done: false,
      value: { model: 'dots-ocr', error: 'Engine answer broke off', done: true },
    })
    assert.equal((await lines.next()).done, true)
    const id = sampleDocumentId()
    await until(() => api.gateway.documents.get(id)?.state === 'cancelling', 'it is cancelled')
    willEnd(api, { state: 'cancelled' })
  })

  it('tells it too when the document fails after its text was whole', async () => {
    await using api = await startDotsApi()
    willRun(api)
    const answer = postOcr(api, STREAMED)
    const worker = await relay(api)
    say(worker, 'a')
    worker.end('{"done":true}\n')
    const lines = linesOf(await answer)
    await lines.next()

    willEnd(api, { state: 'failed', failureCode: 'TIME_BUDGET' })

    assert.deepEqual((await lines.next()).value, {
      model: 'dots-ocr',
      error: 'Time for the document ran out',
      done: true,
    })
  })

  it('holds its place until the answer has ended', async () => {
    await using api = await startDotsApi({ api: { dots: { maxInFlight: 1, pathRoots: [] } } })
    willRun(api)
    const answer = postOcr(api, STREAMED)
    const worker = await relay(api)
    say(worker, 'a')
    const lines = linesOf(await answer)
    await lines.next()

    const busy = await postOcr(api, BASE64_REQUEST)
    willEnd(api)
    const stillBusy = await postOcr(api, BASE64_REQUEST)
    worker.end('{"done":true}\n')
    await Array.fromAsync(lines)

    assert.deepEqual([busy.status, stillBusy.status], [429, 429])
    await until(async () => (await postOcr(api, BASE64_REQUEST)).status === 200, 'a free place')
  })

  it('cancels the document and cuts the worker off when the client leaves', async () => {
    await using api = await startDotsApi({ api: { dots: { maxInFlight: 1, pathRoots: [] } } })
    willRun(api)
    const client = new AbortController()
    const answer = postOcr(api, STREAMED, { signal: client.signal })
    const worker = await relay(api)
    say(worker, 'a')
    await linesOf(await answer).next()
    const cutOff = new Promise((resolve) => worker.once('close', resolve))

    client.abort()

    await cutOff
    const id = sampleDocumentId()
    await until(() => api.gateway.documents.get(id)?.state === 'cancelling', 'it is cancelled')
    api.gateway.documents.set(id, sampleStatus({ state: 'cancelled' }))
    await until(async () => (await postOcr(api, BASE64_REQUEST)).status === 500, 'a free place')
    assert.deepEqual(
      api.logLines.filter((line) => /INTERNAL_SERVER_ERROR/.test(line)),
      [],
    )
  })
})
