import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, it } from 'node:test'
import express from 'express'
import { pipeBody } from '../../../../src/api/http/send-blob.ts'
import { serve } from '../../../support/serve.ts'
import { until } from '../../../support/until.ts'

/** More than the systems at both ends keep for a connection. */
const LARGE_BYTES = 32 * 1024 * 1024

describe('pipeBody', () => {
  it('drops a reader that takes next to nothing, and lets go of what it reads', async () => {
    const body = Readable.from(chunks(LARGE_BYTES))
    const app = express().get('/', async (_req, res) => {
      await pipeBody(body, res, { bytesPerSecond: 1_000_000, leewayMs: 300 })
    })
    await using server = await serve(app)
    const reader = connect(server.port, '127.0.0.1')
    reader.on('error', () => undefined)
    reader.pause()
    try {
      reader.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')

      body.on('error', () => undefined)
      await until(() => body.destroyed, 'what it reads was let go')

      assert.equal(body.readableEnded, false)
    } finally {
      reader.destroy()
    }
  })

  it('blames no reader for a source that is slow', async () => {
    const app = express().get('/', async (_req, res) => {
      await pipeBody(Readable.from(slowly()), res, { bytesPerSecond: 1_000_000, leewayMs: 60 })
    })
    await using server = await serve(app)

    const text = await (await fetch(server.url)).text()

    assert.equal(text, 'abc')
  })
})

async function* chunks(bytes: number): AsyncGenerator<Buffer> {
  const chunk = Buffer.alloc(64 * 1024)
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk
}

async function* slowly(): AsyncGenerator<string> {
  for (const piece of 'abc') {
    await delay(100)
    yield piece
  }
}
