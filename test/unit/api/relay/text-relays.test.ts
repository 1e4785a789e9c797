import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import express from 'express'
import { createTextRelays } from '../../../../src/api/relay/text-relays.ts'
import { failureOf } from '../../../support/failure-of.ts'
import { serve } from '../../../support/serve.ts'

async function startRelays(options: { readonly idleMs?: number } = {}) {
  let url = ''
  const relays = createTextRelays({ url: () => url, ...options })
  const server = await serve(express().use(relays.router))
  url = server.url
  return { relays, url, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

/** A worker's request with its lines in the test's hands. */
function post(url: string, contentType = 'application/x-ndjson') {
  const sent: ClientRequest = request(url, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': contentType },
  })
  const failed = once(sent, 'error')
  failed.catch(() => undefined)
  const status = once(sent, 'response').then(([answer]) => {
    const message = answer as IncomingMessage // node:http's signature
    message.resume()
    return message.statusCode
  })
  status.catch(() => undefined)
  sent.flushHeaders()
  return {
    sent,
    status,
    line: (value: unknown) => sent.write(`${JSON.stringify(value)}\n`),
    done: () => sent.end('{"done":true}\n'),
  }
}

function postWhole(url: string, body: string, contentType?: string): Promise<unknown> {
  const worker = post(url, contentType)
  worker.sent.end(body)
  return worker.status
}

async function readAll(pieces: AsyncIterable<string>): Promise<string[]> {
  return Array.fromAsync(pieces)
}

describe('createTextRelays', () => {
  it('gives the pieces while they arrive, and ends when the text is whole', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()
    const worker = post(relay.url)
    const pieces = relay.pieces[Symbol.asyncIterator]()

    worker.line({ text: '第一' })
    assert.deepEqual(await pieces.next(), { done: false, value: '第一' })
    worker.line({ text: '' })
    worker.line({ text: 'a\nb' })
    assert.deepEqual(await pieces.next(), { done: false, value: 'a\nb' })
    worker.done()

    assert.deepEqual(await pieces.next(), { done: true, value: undefined })
    assert.equal(await worker.status, 204)
  })

  it('has an address for every relay that nobody can guess', async () => {
    await using server = await startRelays()
    using first = server.relays.open()
    using second = server.relays.open()

    assert.match(first.url, /^http:\/\/127\.0\.0\.1:\d+\/internal\/relay\/[\w-]{43}$/)
    assert.notEqual(first.url, second.url)
  })

  it('knows no address that was not opened, and none that was disposed of', async () => {
    await using server = await startRelays()
    const relay = server.relays.open()
    relay[Symbol.dispose]()

    const addresses = [relay.url, `${server.url}/internal/relay/__proto__`, `${relay.url}x`]

    for (const address of addresses) assert.equal(await postWhole(address, ''), 404)
    assert.deepEqual(await readAll(relay.pieces), [])
  })

  it('takes a second request while no piece has come, in place of the first', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()
    const first = post(relay.url)
    first.line({ text: '' })
    const second = post(relay.url)
    const secondStatus = await Promise.race([
      once(first.sent, 'error').then(() => 'the first was cut off'),
      second.status,
    ])

    second.line({ text: 'second' })
    second.done()

    assert.equal(secondStatus, 'the first was cut off')
    assert.deepEqual(await readAll(relay.pieces), ['second'])
    assert.equal(await second.status, 204)
  })

  it('takes a second request after one that broke off without a piece', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()

    assert.equal(await postWhole(relay.url, ''), 400)
    assert.equal(await postWhole(relay.url, '{"text":"a"}\n{"done":true}\n'), 204)

    assert.deepEqual(await readAll(relay.pieces), ['a'])
  })

  it('refuses a second request after a piece', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()
    const worker = post(relay.url)
    const pieces = relay.pieces[Symbol.asyncIterator]()
    worker.line({ text: 'a' })
    await pieces.next()

    assert.equal(await postWhole(relay.url, '{"text":"a"}\n{"done":true}\n'), 410)
    worker.done()

    assert.deepEqual(await pieces.next(), { done: true, value: undefined })
    assert.equal(await postWhole(relay.url, '{"text":"a"}\n{"done":true}\n'), 410)
  })

  const breaks: Record<string, (worker: ReturnType<typeof post>) => void> = {
    'the connection breaks': ({ sent }) => sent.destroy(),
    'the body ends without a done': ({ sent }) => sent.end(),
    'a line is no JSON': ({ sent }) => sent.end('{"text":\n'),
    'a line is something else': ({ line }) => line({ texts: 1 }),
    'a line is too long': ({ line }) => line({ text: 'x'.repeat(1_100_000) }),
    'a line is no UTF-8': ({ sent }) => sent.end(Buffer.from([0x22, 0xff, 0x22, 0x0a])),
  }
  for (const [name, breakOff] of Object.entries(breaks))
    it(`fails after the first piece when ${name}`, async () => {
      await using server = await startRelays()
      using relay = server.relays.open()
      const worker = post(relay.url)
      const pieces = relay.pieces[Symbol.asyncIterator]()
      worker.line({ text: 'a' })
      await pieces.next()

      breakOff(worker)

      assert.equal((await failureOf(pieces.next())).code, 'ENGINE_REPLY_BROKEN')
    })

  it('fails when the worker falls silent after the first piece', async () => {
    await using server = await startRelays({ idleMs: 6_000 })
    using relay = server.relays.open()
    post(relay.url).line({ text: 'a' })

    assert.equal((await failureOf(readAll(relay.pieces))).code, 'ENGINE_REPLY_BROKEN')
  })

  it('refuses more than 16 MiB', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()
    const line = `${JSON.stringify({ text: 'x'.repeat(1_000_000) })}\n`
    const status = postWhole(relay.url, line.repeat(17))

    assert.equal((await failureOf(readAll(relay.pieces))).code, 'ENGINE_REPLY_BROKEN')
    assert.equal(await status, 400)
  })

  it('reads no faster than the pieces are taken', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()
    const worker = post(relay.url)
    const line = `${JSON.stringify({ text: 'x'.repeat(100_000) })}\n`
    for (let written = 0; written < 150; written++) worker.sent.write(line)
    worker.done()
    const pieces = relay.pieces[Symbol.asyncIterator]()
    await pieces.next()

    // What is in no buffer of the kernel or the relay still waits at the worker.
    assert.ok(worker.sent.writableLength > 1_000_000, `${worker.sent.writableLength} bytes wait`)
    let taken = 1
    while (!(await pieces.next()).done) taken++

    assert.equal(taken, 150)
    assert.equal(await worker.status, 204)
  })

  it('cuts the worker off when nobody wants the text any more', async () => {
    await using server = await startRelays()
    const relay = server.relays.open()
    const worker = post(relay.url)
    const pieces = relay.pieces[Symbol.asyncIterator]()
    worker.line({ text: 'a' })
    await pieces.next()
    const next = pieces.next()
    const cutOff = once(worker.sent, 'error')

    relay[Symbol.dispose]()

    await cutOff
    assert.deepEqual(await next, { done: true, value: undefined })
  })

  it('refuses every other content type, and compressed text', async () => {
    await using server = await startRelays()
    using relay = server.relays.open()

    assert.equal(await postWhole(relay.url, '{"done":true}\n', 'application/json'), 415)
    assert.equal(await postWhole(relay.url, '{"done":true}\n', ''), 415)
    const other = await fetch(relay.url)
    assert.equal(other.status, 404)
  })
})
