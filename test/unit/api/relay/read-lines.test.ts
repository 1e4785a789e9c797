import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readLines } from '../../../../src/api/relay/read-lines.ts'

const LIMITS = { maxLineBytes: 10, maxBytes: 40 }

function linesOf(...chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const body = chunks.map((chunk) => Buffer.from(chunk))
  return Array.fromAsync(readLines(asBody(body), LIMITS))
}

async function* asBody(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

describe('readLines', () => {
  it('joins and splits chunks at line feeds, also inside of a character', async () => {
    const bytes = Buffer.from('一二\n三\n')
    const bytewise = [...bytes].map((byte) => Buffer.from([byte]))

    assert.deepEqual(await linesOf(bytes), ['一二', '三'])
    assert.deepEqual(await linesOf(...bytewise), ['一二', '三'])
    assert.deepEqual(await linesOf('a\n\nb', 'c'), ['a', '', 'bc'])
    assert.deepEqual(await linesOf(), [])
  })

  it('refuses what is too long, in one chunk or many', async () => {
    await assert.rejects(linesOf('a'.repeat(11)), RangeError)
    await assert.rejects(linesOf(...Array.from('a'.repeat(11))), RangeError)
    await assert.rejects(linesOf('a\n'.repeat(21)), RangeError)
    assert.equal((await linesOf(`${'a'.repeat(10)}\n`)).length, 1)
  })

  it('refuses what is no UTF-8', async () => {
    await assert.rejects(linesOf(Buffer.from([0xc3, 0x0a])), TypeError)
  })
})
