import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { OcrEngine, PageImage, Recognition } from '../../src/engines/engine.ts'
import { childProcessIds } from '../support/child-processes.ts'
import { drawNoise, drawPage } from '../support/draw-page.ts'
import { until } from '../support/until.ts'

/** One second, and what a busy machine may take; the page takes longer where it is read on. */
const ABORT_DEADLINE_MS = 10_000

/**
 * The behaviour of every engine that reads pages on this host. The images are drawn here, in
 * English, large and clean: any engine reads them.
 */
export function describeOcrEngine(name: string, makeEngine: () => OcrEngine): void {
  describe(name, () => {
    let engine: OcrEngine
    before(() => {
      engine = makeEngine()
    })
    after(() => engine[Symbol.asyncDispose]())

    const read = (image: PageImage, signal = new AbortController().signal) =>
      engine.recognize(image, { languages: ['en'], signal })

    it('names its version', () => {
      assert.match(engine.version, /\d/)
    })

    it('passes its probe', async () => {
      await engine.probe(AbortSignal.timeout(30_000))
    })

    it('gives no blocks for a blank page', async () => {
      const { blocks, turned, warnings } = await read(drawPage([]))

      assert.deepEqual({ blocks, turned, warnings }, { blocks: [], turned: null, warnings: [] })
    })

    it('finds the words of a page, with boxes inside the image and confidences of 0 to 1', async () => {
      const image = textPage('The quick brown fox jumps', 'over the lazy dog')

      const recognition = await read(image)

      assert.equal(textOf(recognition), 'The quick brown fox jumps over the lazy dog')
      for (const { bbox, confidence } of recognition.blocks) {
        const [left, top, right, bottom] = bbox
        assert.ok(bbox.every(Number.isInteger), String(bbox))
        assert.ok(0 <= left && left < right && right <= image.widthPx, String(bbox))
        assert.ok(0 <= top && top < bottom && bottom <= image.heightPx, String(bbox))
        assert.ok(confidence !== null && confidence > 0.5 && confidence <= 1, String(confidence))
      }
    })

    it('gives two pages in a row their own text each', async () => {
      const first = await read(textPage('Morning coffee', 'and fresh bread'))
      const second = await read(textPage('Evening river', 'under a full moon'))

      assert.equal(textOf(first), 'Morning coffee and fresh bread')
      assert.equal(textOf(second), 'Evening river under a full moon')
    })

    it('gives the same blocks for the same page', async () => {
      const image = textPage('Every good engine', 'repeats itself')

      const [first, second] = [await read(image), await read(image)]

      assert.deepEqual(first.blocks, second.blocks)
    })

    it('keeps concurrent pages apart, more of them than it has slots', async () => {
      const words = ['January', 'February', 'October', 'November']

      const recognitions = await Promise.all(words.map((word) => read(textPage(word, 'and more'))))

      assert.deepEqual(
        recognitions.map((recognition) => textOf(recognition).split(' ')[0]),
        words,
      )
    })

    it('reads pure red text', async () => {
      const lines = [{ text: 'Important notice', xPx: 60, yPx: 120, sizePx: 44, color: '#ff0000' }]

      assert.equal(textOf(await read(drawPage(lines))), 'Important notice')
    })

    it('finds no word in noise', async () => {
      const recognition = await read(drawNoise(400, 400))

      assert.doesNotMatch(textOf(recognition), /\p{L}{4,}/u)
    })

    it('does nothing when the signal has fired already', async () => {
      const reason = new Error('too late')

      await assert.rejects(read(textPage('never', 'read'), AbortSignal.abort(reason)), reason)
    })

    it('stops soon after an abort, leaving no child at work', async () => {
      const idle = childProcessIds()
      const busy = makeEngine()
      const controller = new AbortController()
      const reading = busy.recognize(densePage(), { languages: null, signal: controller.signal })
      const failure = reading.then(
        () => null,
        (error: unknown) => error,
      )
      await until(() => childProcessIds().length > idle.length, 'a child is at work')
      const reason = new Error('cancelled')

      const aborted = performance.now()
      controller.abort(reason)
      const thrown = await failure

      assert.equal(thrown, reason)
      assert.ok(performance.now() - aborted < ABORT_DEADLINE_MS)
      assert.deepEqual(childProcessIds(), idle)
      await busy[Symbol.asyncDispose]()
    })

    it('reads a page that killed its process once more at half size', async () => {
      const idle = childProcessIds()
      await using fragile = makeEngine()
      const image = densePage()
      const reading = fragile.recognize(image, {
        languages: ['en'],
        signal: AbortSignal.timeout(120_000),
      })
      const isNew = (pid: number) => !idle.includes(pid)
      await until(() => childProcessIds().some(isNew), 'a child is at work')

      for (const pid of childProcessIds().filter(isNew)) process.kill(pid, 'SIGKILL')
      const { blocks, warnings } = await reading

      assert.deepEqual(warnings, ['RETRIED_SMALLER'])
      const [, , right = 0, bottom = 0] = blocks.at(-1)?.bbox ?? []
      assert.ok(right > image.widthPx / 2 && bottom > image.heightPx / 2)
    })

    it('leaves no process behind when it is disposed', async () => {
      const earlier = new Set(childProcessIds())
      const short = makeEngine()
      await short.recognize(textPage('so', 'long'), {
        languages: ['en'],
        signal: new AbortController().signal,
      })

      await short[Symbol.asyncDispose]()

      assert.deepEqual(
        childProcessIds().filter((pid) => !earlier.has(pid)),
        [],
      )
    })
  })
}

function textPage(...texts: readonly string[]): PageImage {
  return drawPage(texts.map((text, row) => ({ text, xPx: 60, yPx: 120 + row * 60, sizePx: 40 })))
}

function densePage(): PageImage {
  const lines = Array.from({ length: 30 }, (_, row) => ({
    text: 'Pack my box with five dozen liquor jugs and some more',
    xPx: 60,
    yPx: 100 + row * 72,
  }))
  return drawPage(lines, { widthPx: 1654, heightPx: 2339 })
}

const textOf = ({ blocks }: Recognition): string => blocks.map(({ text }) => text).join(' ')
