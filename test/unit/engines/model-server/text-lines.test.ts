import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  lineBatches,
  MAX_LINE_CHARACTERS,
  textLines,
} from '../../../../src/engines/model-server/text-lines.ts'
import { codeOfEnding, endingOf } from '../../../support/chat-requests.ts'

async function allLines(body: AsyncIterable<Uint8Array>): Promise<string[]> {
  return (await Array.fromAsync(lineBatches(body))).flat()
}

async function* bytesOf(pieces: Iterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield Buffer.from(piece)
}

function* cut(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

const linesOf = (...pieces: readonly string[]) => allLines(bytesOf(pieces))
const linesOfCut = (bytes: Uint8Array, length: number) => allLines(bytesOf(cut(bytes, length)))

describe('lineBatches', () => {
  it('reads lines with either end, and one without', async () => {
    assert.deepEqual(await linesOf('a\r\n\nb\n', 'c'), ['a', '', 'b', 'c'])
    assert.deepEqual(await linesOf('a\n'), ['a'])
    assert.deepEqual(await linesOf(), [])
  })

  it('reads the same lines however the bytes were cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', '页', '🀄', ' ') })),
        fc.integer({ min: 1, max: 5 }),
        async (lines, length) => {
          const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))

          assert.deepEqual(await linesOfCut(bytes, length), lines)
        },
      ),
    )
  })

  it('takes no line that never ends', async () => {
    const longest = 'x'.repeat(MAX_LINE_CHARACTERS)

    assert.deepEqual(await linesOf(`${longest}\n`), [longest])
    for (const pieces of [[`${longest}x\n`], [longest, 'x'], [longest, 'x\n']]) {
      assert.equal(codeOfEnding(await endingOf(linesOf(...pieces))), 'ENGINE_REPLY_BROKEN')
    }
  })

  it('takes a long line that comes in small pieces in linear time', async () => {
    const before = process.cpuUsage()

    const lines = await linesOfCut(Buffer.alloc(1_000_000, 'x'), 16)

    assert.equal(lines.length, 1)
    assert.ok(process.cpuUsage(before).user < 8_000_000)
  })

  it('takes no more lines than any answer has', async () => {
    const piece = '\n'.repeat(100_000)

    const ending = await endingOf(linesOf(...Array<string>(7).fill(piece)))

    assert.equal(codeOfEnding(ending), 'ENGINE_REPLY_BROKEN')
  })
})

describe('textLines', () => {
  it('reads the same lines one by one', async () => {
    assert.deepEqual(await Array.fromAsync(textLines(bytesOf(['a\nb\n', 'c']))), ['a', 'b', 'c'])
  })
})
