import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import express from 'express'
import { openTextRelay } from '../../../src/activities/relay-text.ts'
import { createTextRelays } from '../../../src/api/relay/text-relays.ts'
import { serve } from '../../support/serve.ts'
import { linesOf, startTextReceiver } from '../../support/text-receiver.ts'
import { until } from '../../support/until.ts'

const signal = new AbortController().signal

describe('openTextRelay', () => {
  it('sends the pieces in one request, and its end', async () => {
    await using receiver = await startTextReceiver()
    await using relay = openTextRelay(receiver.url, signal)

    for (const piece of ['# 发票\n', '"a"', '🀄']) relay.write(piece)
    await relay.end()

    const [text] = receiver.texts
    assert.equal(receiver.texts.length, 1)
    assert.deepEqual([text?.method, text?.contentType], ['POST', 'application/x-ndjson'])
    assert.deepEqual(linesOf(text), [
      { text: '# 发票\n' },
      { text: '"a"' },
      { text: '🀄' },
      { done: true },
    ])
  })

  it('sends a piece at once', async () => {
    await using receiver = await startTextReceiver()
    await using relay = openTextRelay(receiver.url, signal)

    relay.write('first')
    await until(() => linesOf(receiver.texts[0]).length === 1, 'the first piece is there')
    relay.write('second')
    await until(() => linesOf(receiver.texts[0]).length === 2, 'the second piece is there')

    assert.equal(receiver.texts[0]?.state, 'open')
    await relay.end()
  })

  it('is understood by the api', async () => {
    let url = ''
    const relays = createTextRelays({ url: () => url })
    await using server = await serve(express().use(relays.router))
    url = server.url
    using received = relays.open()
    await using relay = openTextRelay(received.url, signal)

    const pieces = Array.fromAsync(received.pieces)
    for (const piece of ['# 发票\n', '"a"', '🀄']) relay.write(piece)
    await relay.end()

    assert.deepEqual(await pieces, ['# 发票\n', '"a"', '🀄'])
  })

  it('breaks off when it is disposed of before the end', async () => {
    await using receiver = await startTextReceiver()
    {
      await using relay = openTextRelay(receiver.url, signal)
      relay.write('first')
      await until(() => linesOf(receiver.texts[0]).length === 1, 'the first piece is there')
    }

    await until(() => receiver.texts[0]?.state === 'broken', 'the receiver saw it break')
    assert.deepEqual(linesOf(receiver.texts[0]), [{ text: 'first' }])
  })

  it('breaks off when it is cancelled', async () => {
    await using receiver = await startTextReceiver()
    const cancel = new AbortController()
    await using relay = openTextRelay(receiver.url, cancel.signal)
    relay.write('first')
    await until(() => linesOf(receiver.texts[0]).length === 1, 'the first piece is there')

    cancel.abort()

    await until(() => receiver.texts[0]?.state === 'broken', 'the receiver saw it break')
    await relay.end()
  })

  it('leaves the address alone while there is no text', async () => {
    await using receiver = await startTextReceiver()
    await using relay = openTextRelay(receiver.url, signal)

    await relay.end()

    assert.equal(receiver.texts.length, 0)
  })

  it('does not mind that nobody listens', async () => {
    const server = await serve(() => undefined)
    await server[Symbol.asyncDispose]()
    await using relay = openTextRelay(`${server.url}/relay/1`, signal)

    relay.write('first')
    await relay.end()
    relay.write('second')
    await relay.end()
  })

  for (const [what, status, headers] of [
    ['knows no such relay', 404, {}],
    ['sends it elsewhere', 307, { location: '/elsewhere' }],
  ] as const) {
    it(`does not mind a receiver that ${what}`, async () => {
      await using receiver = await startTextReceiver((_request, response) => {
        response.writeHead(status, headers).end()
      })
      await using relay = openTextRelay(receiver.url, signal)

      relay.write('first')
      await until(() => receiver.texts[0]?.state === 'broken', 'it hung up')
      relay.write('second')
      await relay.end()

      assert.equal(receiver.texts.length, 1)
    })
  }

  it('does not mind a receiver that breaks off in the middle', async () => {
    await using receiver = await startTextReceiver((request) => {
      request.once('data', () => request.socket.resetAndDestroy())
    })
    await using relay = openTextRelay(receiver.url, signal)

    relay.write('first')
    await until(() => receiver.texts[0]?.state === 'broken', 'the receiver broke off')
    relay.write('second')
    await relay.end()

    assert.equal(receiver.texts.length, 1)
  })

  it('sends nothing to what is no address of ours', async () => {
    await using secure = openTextRelay('https://127.0.0.1:1/relay', signal)
    await using nonsense = openTextRelay('nonsense', signal)

    for (const relay of [secure, nonsense]) {
      relay.write('first')
      await relay.end()
    }
  })
})
