import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isAbortError } from '../../../../src/platform/errors.ts'
import { codeOfEnding, dotsRequest, endingOf, fieldsOf } from '../../../support/chat-requests.ts'
import { textReply } from '../../../support/fakes/fake-reply.ts'
import { startVllm } from '../../../support/start-vllm.ts'
import { until } from '../../../support/until.ts'

const never = new AbortController().signal

describe('createVllmServer', () => {
  it('asks the server to stop repetitions when it can, and finds that out once', async () => {
    await using parts = await startVllm()

    const replies = await Promise.all(
      [1, 2, 3].map(() => parts.vllm.ask(dotsRequest(), { signal: never, requestId: 'doc-7' })),
    )

    assert.ok(replies.every(({ text }) => text === 'Fake text of the page.'))
    assert.equal(parts.fake.probes.length, 1)
    assert.deepEqual(fieldsOf(parts.fake.requests.at(-1)), {
      model: 'model',
      stream: true,
      stream_options: { include_usage: true, continuous_usage_stats: true },
      repetition_detection: { max_pattern_size: 64, min_pattern_size: 8, min_count: 120 },
      request_id: 'doc-7',
      max_tokens: 1_000,
    })
    assert.deepEqual(parts.fake.problems, [])
  })

  it('does not ask for it where the server ignores it', async () => {
    await using parts = await startVllm({ hasRepetitionDetection: false })

    await parts.vllm.ask(dotsRequest(), { signal: never })
    await parts.vllm.ask(dotsRequest(), { signal: never })

    assert.ok(!('repetition_detection' in fieldsOf(parts.fake.requests.at(-1))))
    assert.equal(parts.fake.probes.length, 1)
  })

  it('tells the tokens of an answer that the server stopped as a repetition', async () => {
    await using parts = await startVllm()
    parts.fake.script({ kind: 'endless', piece: '...' })

    const reply = await parts.vllm.ask(dotsRequest(), { signal: never })

    assert.equal(reply.finish, 'repetition')
    assert.deepEqual(reply.usage, { promptTokens: 100, completionTokens: 120 })
  })

  it('tells the tokens of an answer that we stop as a repetition', async () => {
    await using parts = await startVllm({ hasRepetitionDetection: false })
    const loop = textReply('one and the same sentence; '.repeat(2_000), { pieceLength: 27 })
    parts.fake.script(loop)

    const reply = await parts.vllm.ask(dotsRequest(), { signal: never })

    assert.equal(reply.finish, 'repetition')
    assert.ok((reply.usage?.completionTokens ?? 0) > 20)
  })

  it('fails as ENGINE_UNREACHABLE, not as a death, where the page never arrived', async () => {
    await using parts = await startVllm()
    parts.fake.goAway()

    const ending = await endingOf(parts.vllm.ask(dotsRequest(), { signal: never }))
    await parts.fake.comeBack()
    const reply = await parts.vllm.ask(dotsRequest(), { signal: never })

    assert.equal(codeOfEnding(ending), 'ENGINE_UNREACHABLE')
    assert.equal(reply.finish, 'stop')
    // The first question was in vain and is asked again.
    assert.ok('repetition_detection' in fieldsOf(parts.fake.requests.at(-1)))
  })

  it('leaves a server that fell silent and takes no new connections', async () => {
    await using parts = await startVllm({ stallMs: 150 })
    parts.fake.script({ kind: 'hang', at: 'body', text: 'half', isGoing: true })

    const ending = await endingOf(parts.vllm.ask(dotsRequest(), { signal: never }))

    assert.equal(codeOfEnding(ending), 'ENGINE_UNREACHABLE')
    await until(() => parts.fake.requests[0]?.aborted === true, 'the connection is closed')
  })

  it('waits on for a server that is silent but healthy', async () => {
    await using parts = await startVllm({ stallMs: 50 })
    parts.fake.script(textReply('a late text', { pieceLength: 4, delayMs: 250 }))

    const reply = await parts.vllm.ask(dotsRequest(), { signal: never })

    assert.equal(reply.text, 'a late text')
  })

  it('throws an abort error and closes the connection when the signal fires', async () => {
    await using parts = await startVllm()
    parts.fake.script({ kind: 'hang', at: 'body' })
    const controller = new AbortController()
    const asked = endingOf(parts.vllm.ask(dotsRequest(), { signal: controller.signal }))
    await until(() => parts.fake.requests.length === 1, 'the request has arrived')

    controller.abort()
    const ending = await asked

    assert.ok('error' in ending && isAbortError(ending.error), codeOfEnding(ending))
    await until(() => parts.fake.requests[0]?.aborted === true, 'the connection is closed')
  })
})

describe('VllmServer.probe', () => {
  it('passes where the expected model is served', async () => {
    await using parts = await startVllm()

    await assert.doesNotReject(parts.vllm.probe(never))
  })

  it('names the models that are there, and the setting, when the expected one is not', async () => {
    await using parts = await startVllm({ servedName: 'rednote-hilab/dots.ocr' })

    const ending = await endingOf(parts.vllm.probe(never))

    assert.equal(codeOfEnding(ending), 'ENGINE_MISCONFIGURED')
    assert.ok('message' in ending)
    assert.match(ending.message, /OCR_DOTS_MODEL.*OCR_DOTS_URL.*"rednote-hilab\/dots\.ocr"/)
  })

  it('does not repeat what no model can be called', async () => {
    await using parts = await startVllm({ servedName: 'dots\n<script>' })

    const ending = await endingOf(parts.vllm.probe(never))

    assert.ok('message' in ending)
    assert.match(ending.message, /serves 1 more$/)
  })

  it('names the setting of the key that the server wants, and not its URL', async () => {
    await using parts = await startVllm({ apiKey: 'secret-key' })

    const ending = await endingOf(parts.vllm.probe(never))

    assert.equal(codeOfEnding(ending), 'ENGINE_MISCONFIGURED')
    assert.ok('message' in ending)
    assert.match(ending.message, /^Cannot use OCR_DOTS_API_KEY:/)
  })

  it('fails as ENGINE_UNREACHABLE while nobody listens, and while the engine is dead', async () => {
    await using parts = await startVllm()
    parts.fake.script({ kind: 'death', how: 'status', afterwards: 'unhealthy', awayMs: 60_000 })
    const died = await endingOf(parts.vllm.ask(dotsRequest(), { signal: never }))
    const unhealthy = await endingOf(parts.vllm.probe(never))
    parts.fake.goAway()

    const gone = await endingOf(parts.vllm.probe(never))

    assert.deepEqual([died, unhealthy, gone].map(codeOfEnding), [
      'ENGINE_DIED',
      'ENGINE_UNREACHABLE',
      'ENGINE_UNREACHABLE',
    ])
  })
})
