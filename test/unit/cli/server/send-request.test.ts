import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readRetryAfterMs, sendRequest } from '../../../../src/cli/server/send-request.ts'
import { serve } from '../../../support/serve.ts'

const { signal } = new AbortController()
const GET = { deadlineMs: 60_000, signal }

/** Answers with these, one after the other, the last again and again. */
async function serveAnswers(
  ...answers: readonly (readonly [number, Record<string, string>, string])[]
) {
  let asked = 0
  const server = await serve((_, response) => {
    const [status, headers, body] = answers[Math.min(asked, answers.length - 1)] ?? [500, {}, '']
    asked += 1
    response.writeHead(status, headers).end(body)
  })
  return { ...server, asked: () => asked }
}

describe('sendRequest', () => {
  it('asks a busy server again after the time that it names', async () => {
    await using server = await serveAnswers(
      [429, { 'Retry-After': '0' }, ''],
      [503, { 'Retry-After': '0' }, ''],
      [200, {}, 'here'],
    )

    const response = await sendRequest(server.url, GET)

    assert.equal(await response.text(), 'here')
    assert.equal(server.asked(), 3)
  })

  it('waits and goes on however often a server with too many requests names a time', async () => {
    const busy = [429, { 'Retry-After': '1' }, ''] as const
    await using server = await serveAnswers(busy, busy, [200, {}, 'here'])
    const waits: number[] = []

    const response = await sendRequest(server.url, {
      ...GET,
      tries: 1,
      onWait: (waitMs) => waits.push(waitMs),
    })

    assert.equal(await response.text(), 'here')
    assert.deepEqual(waits, [1_000, 1_000])
  })

  it('gives up on a server that answers 429 and names no time', async () => {
    await using server = await serveAnswers([429, { 'Retry-After': '0' }, ''])

    await assert.rejects(sendRequest(server.url, { ...GET, tries: 2 }), { httpStatus: 429 })

    assert.equal(server.asked(), 2)
  })

  it('gives up with title, detail and code of the problem, in one line', async () => {
    const problem = { title: 'File type\nis bad', detail: 'only\u001B[2J PDF', code: 'BAD' }
    await using server = await serveAnswers([415, {}, JSON.stringify(problem)])

    await assert.rejects(sendRequest(server.url, GET), {
      name: 'ServerError',
      message: 'File type is bad: only [2J PDF',
      code: 'BAD',
      httpStatus: 415,
    })
    assert.equal(server.asked(), 1)
  })

  it('follows no redirect, and says the status of what is no problem', async () => {
    await using server = await serveAnswers([302, { Location: 'http://127.0.0.1:1/' }, '<html>'])

    await assert.rejects(sendRequest(server.url, GET), { message: /HTTP 302$/, code: null })
  })

  it('says in a few words why there is no answer', async () => {
    await using silent = await serve(() => undefined)

    await assert.rejects(sendRequest('http://127.0.0.1:1', { ...GET, tries: 1 }), {
      message: /^no answer from the server \(.+\)$/,
      httpStatus: null,
    })
    await assert.rejects(sendRequest(silent.url, { ...GET, deadlineMs: 50, tries: 1 }), {
      message: 'no answer from the server (it took too long)',
    })
  })

  it('stops waiting for a busy server when it is told to', async () => {
    await using server = await serveAnswers([503, { 'Retry-After': '300' }, ''])
    const stopping = new AbortController()
    const sending = sendRequest(server.url, { ...GET, signal: stopping.signal })

    setTimeout(() => stopping.abort(), 50)

    await assert.rejects(sending, { name: 'AbortError' })
  })
})

describe('readRetryAfterMs', () => {
  it('reads seconds and dates, up to five minutes', () => {
    const nowMs = Date.parse('2026-01-01T00:00:00Z')
    const read = (text: string | null) => readRetryAfterMs(text, nowMs)

    assert.deepEqual(
      ['7', '9999', 'Thu, 01 Jan 2026 00:00:02 GMT', 'Wed, 31 Dec 2025 00:00:00 GMT'].map(read),
      [7_000, 300_000, 2_000, 0],
    )
    assert.deepEqual([read(null), read('soon')], [null, null])
  })
})
