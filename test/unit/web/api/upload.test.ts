import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sendFile } from '../../../../web/src/api/upload.ts'
import { ApiError } from '../../../../web/src/model.ts'
import { settled } from '../../../support/web-documents.ts'

type Answer = {
  readonly status: number
  readonly body: string
  /** Seconds. */
  readonly retryAfter?: string
}
type Script = 'lost' | 'silent' | Answer

/** Stands for XMLHttpRequest, which Node lacks: each request does the next thing of a script. */
function scriptedRequests(script: readonly Script[]) {
  const sent: { key: string; form: FormData }[] = []
  const createRequest = () => {
    let key = ''
    const headers: Record<string, string | undefined> = { 'x-request-id': 'r-9' }
    const request = {
      upload: { onprogress: (_event: { loaded: number }): void => undefined },
      onload: (): void => undefined,
      onerror: (): void => undefined,
      onabort: (): void => undefined,
      status: 0,
      responseText: '',
      getResponseHeader: (name: string): string | null => headers[name] ?? null,
      open: (): void => undefined,
      setRequestHeader(_name: string, value: string) {
        key = value
      },
      abort: () => request.onabort(),
      send(form: FormData) {
        const next = script[sent.length] ?? 'lost'
        sent.push({ key, form })
        if (next === 'silent') return
        queueMicrotask(() => {
          request.upload.onprogress({ loaded: 5 })
          request.upload.onprogress({ loaded: 500 })
          if (next === 'lost') return request.onerror()
          headers['retry-after'] = next.retryAfter
          Object.assign(request, { status: next.status, responseText: next.body })
          return request.onload()
        })
      },
    }
    // All that an upload uses of a request is played.
    return request as unknown as XMLHttpRequest
  }
  return { sent, createRequest }
}

const ACCEPTED = { status: 202, body: '{"id":"d1"}' }

function upload(
  script: readonly Script[],
  { signal = new AbortController().signal, pauseMs = 1 } = {},
) {
  const { sent, createRequest } = scriptedRequests(script)
  const progress: number[] = []
  const answer = sendFile({
    url: '/v1/documents',
    file: new File(['0123456789'], 'a.pdf'),
    fields: { engine: 'ocr' },
    signal,
    onSent: (sentBytes) => progress.push(sentBytes),
    idempotencyKey: 'one-upload',
    createRequest,
    pauseMs,
  })
  return { answer, sent, progress }
}

describe('an upload', () => {
  it('tells how much was sent, never more than the file has', async () => {
    const { answer, progress, sent } = upload([ACCEPTED])

    assert.deepEqual(await answer, { id: 'd1' })
    assert.deepEqual(progress, [5, 10])
    assert.equal(sent[0]?.form.get('engine'), 'ocr')
    assert.equal(sent[0]?.form.get('file') instanceof File, true)
  })

  it('is sent again under the same key when the connection is lost', async () => {
    const { answer, sent } = upload(['lost', 'lost', ACCEPTED])

    assert.deepEqual(await answer, { id: 'd1' })
    assert.equal(sent.length, 3)
    assert.equal(new Set(sent.map(({ key }) => key)).size, 1)
  })

  it('gives up after three more tries', async () => {
    const { answer, sent } = upload([])

    await assert.rejects(answer, { code: 'NETWORK' })
    assert.equal(sent.length, 4)
  })

  it('is not sent again once it was refused', async () => {
    const { answer, sent } = upload([{ status: 415, body: '{"code":"UNSUPPORTED_FILE_TYPE"}' }])

    await assert.rejects(answer, { code: 'UNSUPPORTED_FILE_TYPE', requestId: 'r-9' })
    assert.equal(sent.length, 1)
  })

  it('waits as often as the service has too much to do, and goes on', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout', 'Date'] })
    const busy = { status: 429, body: '{"code":"RATE_LIMITED"}', retryAfter: '42' }
    const { answer, sent, progress } = upload([busy, busy, busy, busy, busy, ACCEPTED])

    for (let tries = 1; tries <= 5; tries++) {
      await settled()
      assert.deepEqual([sent.length, progress.at(-1)], [tries, 0])
      t.mock.timers.tick(41_999)
      await settled()
      assert.equal(sent.length, tries)
      t.mock.timers.tick(1)
    }

    assert.deepEqual(await answer, { id: 'd1' })
    assert.equal(new Set(sent.map(({ key }) => key)).size, 1)
  })

  it('is not sent again where too much was asked for and no time is named', async () => {
    const { answer, sent } = upload([{ status: 429, body: '{"code":"QUOTA"}' }])

    await assert.rejects(answer, { code: 'QUOTA', status: 429 })
    assert.equal(sent.length, 1)
  })

  it('ends when it is given up, while it is sent and while it waits', async () => {
    const sending = new AbortController()
    const waiting = new AbortController()
    const busy = { status: 429, body: '{}', retryAfter: '60' }
    const third = upload([busy], { signal: waiting.signal })
    const first = upload(['silent'], { signal: sending.signal })
    const second = upload(['lost'], { signal: waiting.signal, pauseMs: 60_000 })
    await settled()

    sending.abort()
    waiting.abort()

    await assert.rejects(first.answer, ApiError)
    await assert.rejects(second.answer, ApiError)
    await assert.rejects(third.answer, ApiError)
    assert.deepEqual(
      [first, second, third].map(({ sent }) => sent.length),
      [1, 1, 1],
    )
  })

  it('counts a connection without a sign of life for a minute as lost', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { answer, sent } = upload(['silent', ACCEPTED])

    t.mock.timers.tick(60_000)
    await settled()
    t.mock.timers.tick(1)

    assert.deepEqual(await answer, { id: 'd1' })
    assert.equal(sent.length, 2)
  })
})
