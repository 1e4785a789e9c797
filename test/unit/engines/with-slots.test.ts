import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OcrEngine, PageImage, Recognition } from '../../../src/engines/engine.ts'
import { withSlots } from '../../../src/engines/with-slots.ts'

const IMAGE: PageImage = { png: new Uint8Array(), widthPx: 1, heightPx: 1, dpi: 200 }
const BLANK: Recognition = { blocks: [], turned: null, warnings: [], usage: null }

describe('withSlots', () => {
  it('has no more pages at the engine than it has slots', async () => {
    let atOnce = 0
    let most = 0
    const engine: OcrEngine = {
      id: 'dots',
      version: '1',
      async recognize() {
        most = Math.max(most, ++atOnce)
        await new Promise((resolve) => setImmediate(resolve))
        atOnce--
        return BLANK
      },
      probe: async () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    }
    const { signal } = new AbortController()
    const limited = withSlots(engine, 2)

    await Promise.all(
      Array.from({ length: 7 }, () => limited.recognize(IMAGE, { languages: null, signal })),
    )

    assert.equal(most, 2)
    assert.deepEqual([limited.id, limited.version], ['dots', '1'])
  })
})
