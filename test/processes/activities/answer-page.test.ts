import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { ActivityAttempt } from '../../../src/activities/activity-boundary.ts'
import type { ActivityDependencies } from '../../../src/activities/activity-dependencies.ts'
import { recognizePage } from '../../../src/activities/recognize-page.ts'
import type { ModelQuestion, PageOutcome, RecognizeInput } from '../../../src/contract/document.ts'
import type { PageRecord } from '../../../src/contract/page.ts'
import { createDirectoryBlobStore } from '../../../src/storage/directory-blob-store.ts'
import {
  documentPageKey,
  pageImageFactsKey,
  pageImageKey,
  requestKey,
} from '../../../src/storage/object-keys.ts'
import { readJson, writeJson } from '../../../src/storage/read-blob.ts'
import { dotsEngine, dotsPage } from '../../support/dots-fixtures.ts'
import { failureOf } from '../../support/failure-of.ts'
import type { FakeModelServer } from '../../support/fakes/fake-model-server.ts'
import { busyReply, textReply } from '../../support/fakes/fake-reply.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'
import { requestWith } from '../../support/gateway-fixtures.ts'
import { createStubEngine } from '../../support/stub-engine.ts'
import { linesOf, startTextReceiver } from '../../support/text-receiver.ts'
import { until } from '../../support/until.ts'

const QUESTION = {
  model: 'dots',
  promptType: 'prompt_ocr',
  temperature: 0.1,
  topP: 1,
  maxTokens: 12_000,
  bbox: null,
  isRaw: true,
} as const satisfies ModelQuestion

type Setup = AsyncDisposable & {
  readonly server: FakeModelServer
  readonly read: (
    change?: Partial<RecognizeInput>,
    attempt?: Partial<ActivityAttempt>,
  ) => Promise<PageOutcome>
  readonly record: () => Promise<PageRecord | null>
}

/** A stored page of a document with a question, and dots.ocr to be asked. */
async function setUp(
  more: {
    readonly relayUrl?: string
    readonly takesQuestions?: boolean
    readonly question?: ModelQuestion
    readonly isDrawnSmaller?: boolean
  } = {},
): Promise<Setup> {
  const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-answer-'))
  const server = await createFakeVllm({ model: 'dots' })
  const dots = dotsEngine(server)
  const mute = createStubEngine({ delayMs: 0, ledgerPath: join(directory, 'ledger') })
  const store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
  const deps: ActivityDependencies = {
    store,
    engineFor: () => (more.takesQuestions === false ? mute : dots),
    engineVersionOf: () => dots.version,
    urlRules: { allowedHosts: [], allowedPorts: [] },
    temporaryDirectory: directory,
  }
  const request = {
    ...requestWith({ engine: 'dots', dialect: 'dots', mediaType: 'png' }),
    question: more.question ?? QUESTION,
    relayUrl: more.relayUrl ?? null,
  }
  const { documentId, sha256, dpi } = request
  const image = await dotsPage()
  await writeJson(store, requestKey(documentId), request)
  await store.put(pageImageKey({ sha256, page: 1, dpi }), image.png, { contentType: 'image/png' })
  const warnings = more.isDrawnSmaller === true ? ['DPI_LOWERED'] : []
  await writeJson(store, pageImageFactsKey({ sha256, page: 1, dpi }), { dpi: 200, warnings })
  return {
    server,
    read: (change = {}, attempt = {}) =>
      recognizePage(
        deps,
        { documentId, documentSha256: sha256, page: 1, engine: 'dots', ...change },
        {
          signal: new AbortController().signal,
          reportTokens: () => undefined,
          attempt: 1,
          ...attempt,
        },
      ),
    record: () => readJson<PageRecord>(store, documentPageKey(documentId, 1)),
    async [Symbol.asyncDispose]() {
      await dots[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

describe('recognizePage with a question of the caller', () => {
  it('stores the answer to the letter, for this document only', async () => {
    await using setup = await setUp()
    const words = '  1. Words\nof *the* page.\n'
    setup.server.script(textReply(words))

    const outcome = await setup.read()

    assert.deepEqual(outcome, {
      status: 'ok',
      characters: words.length,
      confidencePercent: null,
    })
    const record = await setup.record()
    assert.equal(record?.text, words)
    assert.equal(record.markdown, words.trim())
    assert.deepEqual(record.blocks, [
      { bbox: [0, 0, 400, 610], category: 'text', text: words, confidence: null },
    ])
    assert.deepEqual([record.outcome, record.markup, record.warnings], ['ok', 'plain', []])
    assert.equal(record.usage?.promptTokens, 100)
    assert.equal(record.reading?.attempt, 1)
  })

  it('answers no question about places on an image that was drawn smaller', async () => {
    const question = {
      ...QUESTION,
      promptType: 'prompt_grounding_ocr',
      bbox: [1, 2, 3, 4],
    } as const
    await using places = await setUp({ isDrawnSmaller: true, question })
    await using words = await setUp({ isDrawnSmaller: true })
    words.server.script(textReply('words'))

    assert.equal((await failureOf(places.read())).code, 'IMAGE_DIMENSIONS')
    assert.equal(places.server.requests.length, 0)
    assert.equal((await words.read()).status, 'ok')
  })

  it('asks once', async () => {
    await using setup = await setUp()

    await setup.read()
    await setup.read({ ask: { step: 'resample', pixelShare: 1, fallback: null } })

    assert.equal(setup.server.requests.length, 1)
  })

  it('shows no markup of the answer that could run', async () => {
    await using setup = await setUp()
    setup.server.script(textReply('a <script>alert(1)</script>'))

    await setup.read()

    const record = await setup.record()
    assert.equal(record?.text, 'a <script>alert(1)</script>')
    assert.doesNotMatch(record.markdown, /<script/)
  })

  it('takes silence for an empty page', async () => {
    await using setup = await setUp()
    setup.server.script(textReply(' \n'))

    const { status } = await setup.read()

    assert.equal(status, 'empty')
    assert.deepEqual((await setup.record())?.blocks, [])
  })

  it('says of an answer at its limit that it may not be whole', async () => {
    await using setup = await setUp()
    setup.server.script(textReply('Words of', { finish: 'length' }))

    const { status } = await setup.read()

    assert.equal(status, 'degraded')
    const record = await setup.record()
    assert.deepEqual([record?.text, record?.warnings], ['Words of', ['OUTPUT_INCOMPLETE']])
  })

  it('fails with ENGINE_MISCONFIGURED at an engine that takes no questions', async () => {
    await using setup = await setUp({ takesQuestions: false })

    const failure = await failureOf(setup.read())

    assert.equal(failure.code, 'ENGINE_MISCONFIGURED')
    assert.equal(await setup.record(), null)
  })
})

describe('recognizePage with a question whose answer is relayed', () => {
  it('posts the text in pieces, and its end', async () => {
    await using receiver = await startTextReceiver()
    await using setup = await setUp({ relayUrl: receiver.url })
    setup.server.script(textReply('Words of the page.', { pieceLength: 6 }))

    await setup.read()

    const pieces = ['Words ', 'of the', ' page.'].map((text) => ({ text }))
    assert.deepEqual(linesOf(receiver.texts[0]), [...pieces, { done: true }])
    assert.equal((await setup.record())?.text, 'Words of the page.')
  })

  it('breaks off when the model does', async () => {
    await using receiver = await startTextReceiver()
    await using setup = await setUp({ relayUrl: receiver.url })
    const error = { message: 'x', code: 500 }
    setup.server.script({ kind: 'error-event', error, text: 'Words' })

    await failureOf(setup.read())

    assert.doesNotMatch(receiver.texts[0]?.body ?? '', /done/)
    await until(() => receiver.texts.every(({ state }) => state === 'broken'), 'it broke off')
    assert.equal(await setup.record(), null)
  })

  it('leaves the relay to the attempt that has text', async () => {
    await using receiver = await startTextReceiver()
    await using setup = await setUp({ relayUrl: receiver.url })
    setup.server.script(busyReply(null), textReply('Words'))

    const failure = await failureOf(setup.read())
    assert.equal(failure.code, 'ENGINE_RATE_LIMITED')
    await setup.read({}, { attempt: 2 })

    assert.equal(receiver.texts.length, 1)
    assert.deepEqual(linesOf(receiver.texts[0]), [{ text: 'Words' }, { done: true }])
    assert.equal((await setup.record())?.reading?.attempt, 2)
  })

  it('posts while the model writes, and closes both connections when it is cancelled', async () => {
    await using receiver = await startTextReceiver()
    await using setup = await setUp({ relayUrl: receiver.url })
    setup.server.script({ kind: 'hang', at: 'body', text: 'Words' })
    const cancel = new AbortController()

    const rejected = assert.rejects(setup.read({}, { signal: cancel.signal }), {
      name: 'AbortError',
    })
    await until(() => linesOf(receiver.texts[0]).length === 1, 'the first piece is there')
    cancel.abort()

    await rejected
    await until(() => receiver.texts[0]?.state === 'broken', 'the relay broke off')
    await until(() => setup.server.requests[0]?.aborted === true, 'the model was stopped')
  })

  it('answers without a relay that is gone', async () => {
    const receiver = await startTextReceiver()
    await receiver[Symbol.asyncDispose]()
    await using setup = await setUp({ relayUrl: receiver.url })
    setup.server.script(textReply('Words of the page.', { pieceLength: 2, delayMs: 10 }))

    const { status } = await setup.read()

    assert.equal(status, 'ok')
    assert.equal((await setup.record())?.text, 'Words of the page.')
  })
})
