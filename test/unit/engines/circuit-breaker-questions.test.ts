import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { withCircuitBreaker } from '../../../src/engines/circuit-breaker.ts'
import type { OcrEngine } from '../../../src/engines/engine.ts'
import { OcrError } from '../../../src/platform/errors.ts'

const IMAGE = { png: new Uint8Array(), widthPx: 1, heightPx: 1, dpi: 200 }
const QUESTION = { model: 'deepseek', prompt: 'x' } as const
const OPTIONS = { signal: new AbortController().signal }
const RECOGNITION = { blocks: [], turned: null, warnings: [], usage: null } as const

const MUTE: OcrEngine = {
  id: 'deepseek',
  version: '1',
  recognize: async () => RECOGNITION,
  probe: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
}

describe('withCircuitBreaker and questions of callers', () => {
  it('lets them through one door with pages', async () => {
    let isUp = false
    let nowMs = 1_000
    let asked = 0
    const work = async <T>(value: T): Promise<T> => {
      asked += 1
      if (!isUp) throw new OcrError('ENGINE_UNREACHABLE', 'x')
      return value
    }
    const answer = { text: 'words', isWhole: true, usage: null }
    const guarded = withCircuitBreaker(
      { ...MUTE, recognize: () => work(RECOGNITION), answer: () => work(answer) },
      () => nowMs,
    )
    const read = async () => guarded.recognize(IMAGE, { languages: null, ...OPTIONS })
    const ask = async () => guarded.answer?.(IMAGE, QUESTION, OPTIONS)

    for (const failing of [read, ask, ask])
      await assert.rejects(failing, { code: 'ENGINE_UNREACHABLE' })
    await assert.rejects(read, { code: 'ENGINE_DOWN' })
    await assert.rejects(ask, { code: 'ENGINE_DOWN' })
    assert.equal(asked, 3)
    isUp = true
    nowMs += 1_000

    assert.equal(await ask(), answer)
    assert.equal(await read(), RECOGNITION)
  })

  it('opens with the first words of an answer', async () => {
    let isUp = false
    let nowMs = 1_000
    const guarded = withCircuitBreaker(
      {
        ...MUTE,
        async answer(_image, _question, { onTokens, onText }) {
          if (!isUp) throw new OcrError('ENGINE_UNREACHABLE', 'x')
          onTokens?.(1)
          onText?.('words')
          return { text: 'words', isWhole: true, usage: null }
        },
      },
      () => nowMs,
    )
    const pieces: string[] = []
    for (let page = 1; page <= 3; page++)
      await assert.rejects(async () => guarded.answer?.(IMAGE, QUESTION, OPTIONS))
    isUp = true
    nowMs += 1_000

    await guarded.answer?.(IMAGE, QUESTION, {
      ...OPTIONS,
      onText: (piece) => void pieces.push(piece),
    })

    assert.deepEqual(pieces, ['words'])
    assert.equal(await guarded.recognize(IMAGE, { languages: null, ...OPTIONS }), RECOGNITION)
  })

  it('takes none for an engine that takes none', () => {
    assert.equal('answer' in withCircuitBreaker(MUTE), false)
  })
})
