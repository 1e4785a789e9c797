import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import type { OcrEngine, PageImage, RecognizeOptions } from '../../src/engines/engine.ts'
import { OcrError } from '../../src/platform/errors.ts'
import { drawPage } from '../support/draw-page.ts'
import { markedPage } from '../support/marked-page.ts'
import { until } from '../support/until.ts'

/** A fake server of an engine, as far as the behaviour of all of them needs it. */
export type ServerUnderTest = AsyncDisposable & {
  /** Requests for pages, oldest first. */
  readonly requests: readonly { readonly body: unknown; readonly aborted: boolean }[]
  readonly problems: readonly string[]
  /** What it answers from now on: the words of a marked page, nothing, never, or an error of its own. */
  answer(how: 'words' | 'nothing' | 'never' | 'error'): void
}

/** What a server says in its errors; it must never come through. */
export const SERVER_SECRET = 'secret of the server'

/** The behaviour of every engine behind a server. */
export function describeServerEngine(
  name: string,
  start: () => Promise<{
    readonly server: ServerUnderTest
    readonly makeEngine: (slots?: number) => OcrEngine
  }>,
): void {
  describe(name, () => {
    let server: ServerUnderTest
    let engine: OcrEngine
    let makeEngine: (slots?: number) => OcrEngine
    const resources = new AsyncDisposableStack()
    before(async () => {
      const started = await start()
      server = resources.use(started.server)
      makeEngine = started.makeEngine
      engine = resources.use(makeEngine())
    })
    beforeEach(() => server.answer('words'))
    after(() => resources.disposeAsync())

    const read = (image: PageImage, options: Partial<RecognizeOptions> = {}) =>
      engine.recognize(image, { languages: null, signal: new AbortController().signal, ...options })
    const failureOf = async (work: Promise<unknown>): Promise<OcrError> => {
      const thrown: unknown = await work.then(
        () => 'no failure',
        (error: unknown) => error,
      )
      assert.ok(thrown instanceof OcrError, String(thrown))
      return thrown
    }

    it('names its version, the same one every time', async () => {
      await using other = makeEngine()

      assert.match(engine.version, /\d/)
      assert.equal(other.version, engine.version)
    })

    it('passes its probe', async () => {
      await engine.probe(AbortSignal.timeout(10_000))
    })

    it('gives the words of a page as Markdown, with boxes inside the image, usage and tokens', async () => {
      const tokens: number[] = []
      const image = await markedPage(5)

      const seen = await read(image, { onTokens: (count) => tokens.push(count) })

      assert.equal(seen.markup, 'markdown')
      assert.match(seen.blocks.map(({ text }) => text).join('\n'), /^# Page 5\nWords of page 5/)
      for (const { bbox } of seen.blocks) {
        const [left, top, right, bottom] = bbox
        assert.ok(bbox.every(Number.isInteger), String(bbox))
        assert.ok(0 <= left && left < right && right <= image.widthPx, String(bbox))
        assert.ok(0 <= top && top < bottom && bottom <= image.heightPx, String(bbox))
      }
      assert.ok((seen.usage?.completionTokens ?? 0) > 0)
      assert.ok(tokens.length > 0)
      assert.deepEqual(server.problems, [])
    })

    it('keeps concurrent pages apart', async () => {
      const pages = [1, 2, 3, 4, 5, 6]

      const seen = await Promise.all(pages.map(async (page) => read(await markedPage(page))))

      assert.deepEqual(
        seen.map(({ blocks }) => blocks[0]?.text),
        pages.map((page) => `# Page ${page}`),
      )
    })

    it('has no more requests at the server than slots, and none of a page that gave up in line', async () => {
      server.answer('never')
      const earlier = server.requests.length
      await using narrow = makeEngine(2)
      const leaving = new AbortController()
      const image = await markedPage(8)
      const ask = (signal: AbortSignal) => narrow.recognize(image, { languages: null, signal })
      const first = new AbortController()
      const gone = [first.signal, first.signal, leaving.signal].map((signal) =>
        assert.rejects(ask(signal), /^Error: left$/),
      )
      await until(() => server.requests.length >= earlier + 2, 'the server has two pages')
      const last = ask(new AbortController().signal)

      leaving.abort(new Error('left'))
      await gone[2]
      assert.equal(server.requests.length, earlier + 2)
      server.answer('words')
      first.abort(new Error('left'))

      await Promise.all([...gone, last])
      assert.equal(server.requests.length, earlier + 3)
    })

    it('sends a page through its guard once it has a slot, and hands the slot on after it', async () => {
      const earlier = server.requests.length
      await using narrow = makeEngine(1)
      const image = await markedPage(8)
      const events: string[] = []
      const ask = async (name: string) =>
        narrow.recognize(image, {
          languages: null,
          signal: new AbortController().signal,
          async guard(request) {
            events.push(`${name} may be sent`)
            try {
              return await request()
            } finally {
              events.push(`${name} was sent`)
            }
          },
        })
      const closed = new Error('the door is closed')

      await Promise.all([ask('one'), ask('another')])
      const shut = read(image, { guard: () => Promise.reject(closed) })

      await assert.rejects(shut, closed)
      const [first, second] = events[0]?.startsWith('one') ? ['one', 'another'] : ['another', 'one']
      assert.deepEqual(
        events,
        [first, second].flatMap((name) => [`${name} may be sent`, `${name} was sent`]),
      )
      assert.equal(server.requests.length, earlier + 2)
    })

    it('asks differently when it is told to sample anew', async () => {
      const earlier = server.requests.length
      const image = await markedPage(7)

      await read(image, { step: 'default' })
      await read(image, { step: 'resample' })

      const bodies = server.requests.slice(earlier).map(({ body }) => JSON.stringify(body))
      assert.equal(bodies.length, 2)
      assert.notEqual(bodies[0], bodies[1])
    })

    it('gives no blocks for a blank page about which the model is silent', async () => {
      server.answer('nothing')

      const { blocks, warnings } = await read(drawPage([]))

      assert.deepEqual({ blocks, warnings }, { blocks: [], warnings: [] })
    })

    it('takes silence about a page that is not blank for nonsense', async () => {
      server.answer('nothing')

      const failure = await failureOf(read(await markedPage(9)))

      assert.equal(failure.kind, 'nonsense')
    })

    it('asks once only when the server fails, and repeats nothing of what it says', async () => {
      server.answer('error')
      const earlier = server.requests.length

      const failure = await failureOf(read(await markedPage(3)))

      assert.equal(failure.code, 'ENGINE_REPLY_BROKEN')
      assert.equal(server.requests.length - earlier, 1)
      assert.equal(`${failure.message} ${failure.publicDetail}`.includes(SERVER_SECRET), false)
    })

    it('closes its request within two seconds of an abort, and throws its reason', async () => {
      server.answer('never')
      const earlier = server.requests.length
      const controller = new AbortController()
      const reading = read(await markedPage(3), { signal: controller.signal })
      const failed = assert.rejects(reading, /^Error: cancelled$/)
      await until(() => server.requests.length > earlier, 'the server has the page')

      controller.abort(new Error('cancelled'))

      await failed
      await until(() => server.requests[earlier]?.aborted === true, 'the request is closed', 2_000)
    })

    it('sends nothing when the signal has fired already', async () => {
      const earlier = server.requests.length
      const reason = new Error('too late')

      await assert.rejects(read(await markedPage(3), { signal: AbortSignal.abort(reason) }), reason)

      assert.equal(server.requests.length, earlier)
    })

    it('gives up what is under way when it is disposed', async () => {
      server.answer('never')
      const earlier = server.requests.length
      const short = makeEngine()
      const signal = new AbortController().signal
      const failed = assert.rejects(
        short.recognize(await markedPage(3), { languages: null, signal }),
      )
      await until(() => server.requests.length > earlier, 'the server has the page')

      await short[Symbol.asyncDispose]()

      await failed
      await until(() => server.requests[earlier]?.aborted === true, 'the request is closed')
    })
  })
}
