import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readEventStream } from '../../../../src/cli/server/event-stream.ts'

async function* inPieces(text: string, pieceBytes: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes)
}

const read = (text: string, pieceBytes: number) =>
  Array.fromAsync(readEventStream(inPieces(text, pieceBytes)))

describe('readEventStream', () => {
  const text =
    ': keep-alive\n\nevent: page\nid: e.1\ndata: {"文":\ndata: 1}\n\n' +
    'data:plain\r\n\r\nevent: page\ndata: cut off'
  for (const pieceBytes of [1, 7, 1_000])
    it(`reads events that come in pieces of ${pieceBytes} bytes, without one that was cut off`, async () => {
      assert.deepEqual(await read(text, pieceBytes), [
        { id: 'e.1', event: 'page', data: '{"文":\n1}' },
        { id: 'e.1', event: 'message', data: 'plain' },
      ])
    })

  it('gives up on a line that never ends, and on an event that never ends', async () => {
    await assert.rejects(read('x'.repeat(5_000_000), 65_536), /too long/)
    await assert.rejects(read('data: x\n'.repeat(2_000), 65_536), /too many lines/)
  })
})
