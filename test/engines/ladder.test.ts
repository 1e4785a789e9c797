import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { readChatRequest } from '../support/fakes/check-chat-request.ts'
import { textOf } from '../support/dump-temporal.ts'
import { startFakeEngines, type FakeEngines } from '../support/fakes/fake-engines.ts'
import type { FakeModelServer } from '../support/fakes/fake-model-server.ts'
import { textReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { pageSteps } from '../support/page-steps.ts'
import { deepseekReply, dotsReply } from '../support/page-truth.ts'
import { readJson } from '../support/read-json.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { submitDocument, waitForEnd, type StatusBody } from '../support/stack-client.ts'

/** In everything that a server says beside the text of a page; history must not have it. */
const CANARY = 'canary-4711'

describe('a page that an engine cannot read', () => {
  let fakes: FakeEngines
  let stack: Stack
  const resources = new AsyncDisposableStack()
  let marker = 0
  const ids: string[] = []
  before(async () => {
    fakes = resources.use(await startFakeEngines())
    // One page at a time, so that no bystander is in flight when an engine dies.
    stack = resources.use(
      await startStack({ stubDelayMs: null, env: { ...fakes.env, OCR_GPU_SLOTS: '1' } }),
    )
  })
  beforeEach(() => {
    fakes.dots.setDefault((body) => dotsReply(sentPng(body)))
    fakes.deepseek.setDefault((body) => deepseekReply(sentPng(body)))
  })
  after(() => resources.disposeAsync())

  async function read(
    engine: 'dots' | 'deepseek' | 'llm',
    pages: number,
  ): Promise<{ status: StatusBody; url: string; steps: string[]; requests: unknown[] }> {
    const earlier = fakes[engine].requests.length
    const pdf = Buffer.concat([markedDocument(pages, 4), Buffer.from(`% ladder ${++marker}\n`)])
    const id = await submitDocument(stack.url, new Uint8Array(pdf), { engine })
    ids.push(id)
    const status = await waitForEnd(stack.url, id)
    const steps = await pageSteps(stack.client, id)
    assert.deepEqual(fakes[engine].problems, [])
    return {
      status,
      url: `${stack.url}/v1/documents/${id}`,
      steps: steps.map(({ summary }) => summary),
      requests: fakes[engine].requests.slice(earlier).map(({ body }) => body),
    }
  }
  const page = async (url: string, number: number) =>
    readJson(await fetch(`${url}/pages/${number}`))

  it('because it kills the engine goes there twice, never a third time, and then to the fallback', async () => {
    fakes.dots.setDefault(async (body): Promise<FakeReply> => {
      const png = sentPng(body)
      if ((await readPageNumber(png)) !== 2) return dotsReply(png)
      return { kind: 'death', how: 'event', afterwards: 'refuses', text: CANARY, awayMs: 6_000 }
    })

    const { status, url, steps, requests } = await read('dots', 3)

    assert.deepEqual([status.status, status.pages.ok, status.pages.degraded], ['completed', 2, 1])
    const numbers = await Promise.all(requests.map((body) => readPageNumber(sentPng(body))))
    assert.equal(numbers.filter((number) => number === 2).length, 2)
    assert.ok(steps.includes('page 2 of 3, by-paddle after ENGINE_DIED'), steps.join('\n'))
    const replaced = await page(url, 2)
    assert.deepEqual([replaced.engine, replaced.warnings], ['paddle', ['ENGINE_REPLACED']])
    assert.match(replaced.text, /Line 4 of page 2/)
  })

  it('because the GPU is too small is asked for in half and a quarter of the pixels, then fails', async () => {
    fakes.dots.setDefault({
      kind: 'status',
      status: 500,
      body: { error: { message: `CUDA out of memory ${CANARY}`, code: 500 } },
    })

    const { status, steps, requests } = await read('dots', 1)

    assert.deepEqual([status.status, status.failure?.code], ['failed', 'TOO_COMPLEX'])
    const pixels = requests.map((body) => {
      const image = readChatRequest(body).image
      return (image?.widthPx ?? 0) * (image?.heightPx ?? 0)
    })
    assert.equal(pixels.length, 3)
    const [whole = 0, half = 0, quarter = 0] = pixels
    assert.ok(half <= whole / 2 && quarter <= whole / 4, String(pixels))
    assert.equal(steps.at(-1), 'page 1 of 1, default-at-25-percent after ENGINE_OUT_OF_MEMORY')
  })

  it('through dots goes down to plain text, each step in the history with its reason', async () => {
    fakes.dots.setDefault((body): FakeReply => {
      const { text, fields } = readChatRequest(body)
      if (text.includes('Do not output the corresponding text')) return textReply('no layout')
      if (text.endsWith('Extract the text content from this image.'))
        return textReply('Plain words')
      return fields['temperature'] === 0.1
        ? textReply('[{"bbox":', { finish: 'length' })
        : textReply(`${CANARY}, which is no layout at all`)
    })

    const { status, url, steps, requests } = await read('dots', 1)

    assert.deepEqual([status.status, status.pages.degraded], ['completed', 1])
    assert.deepEqual(steps, [
      'page 1 of 1',
      'page 1 of 1, resample after ENGINE_OUTPUT_TRUNCATED',
      'page 1 of 1, regions after ENGINE_OUTPUT_INVALID',
      'page 1 of 1, plain-text after ENGINE_OUTPUT_INVALID',
    ])
    assert.equal(requests.length, 4)
    const { text, warnings, usage } = await page(url, 1)
    assert.deepEqual([text, warnings], ['Plain words', ['LAYOUT_LOST']])
    // All four requests are paid for.
    assert.equal(usage.prompt_tokens, 400)
  })

  it('through deepseek is asked for twice when it runs away, then by the fallback', async () => {
    fakes.deepseek.setDefault((body): FakeReply => {
      const { fields } = readChatRequest(body)
      return textReply('so far', { finish: fields['temperature'] === 0 ? 'length' : 'repetition' })
    })

    const { status, steps, requests } = await read('deepseek', 1)

    assert.deepEqual([status.status, status.pages.degraded], ['completed', 1])
    assert.deepEqual(steps.slice(1), [
      'page 1 of 1, resample after ENGINE_OUTPUT_TRUNCATED',
      'page 1 of 1, by-paddle after ENGINE_OUTPUT_REPEATS',
    ])
    assert.deepEqual(
      requests.map((body) => {
        const { vllm_xargs: guard } = readChatRequest(body).fields
        return JSON.stringify(guard)
      }),
      [
        '{"ngram_size":30,"window_size":90,"whitelist_token_ids":[128821,128822]}',
        '{"ngram_size":20,"window_size":50,"whitelist_token_ids":[128821,128822]}',
      ],
    )
  })

  it('because the model refuses it is not asked for again', async () => {
    fakes.llm.script(textReply('', { finish: 'content_filter' }))

    const { status, steps, requests } = await read('llm', 1)

    assert.deepEqual([status.status, status.pages.degraded], ['completed', 1])
    assert.equal(requests.length, 1)
    assert.equal(steps.at(-1), 'page 1 of 1, by-paddle after ENGINE_REFUSED')
  })

  it('leaves nothing in history of what servers, prompts and pages say', async () => {
    const servers: FakeModelServer[] = [fakes.dots, fakes.deepseek, fakes.llm]
    for (const id of ids) {
      const { events } = await stack.client.workflow.getHandle(`document-${id}`).fetchHistory()
      const history = textOf(events)
      // What is in a payload is looked at.
      assert.ok(history.includes('pagesPerRasterBatch'))
      const told = [CANARY, 'Plain words', 'Line 4', 'layout information', 'data:image']
      for (const word of [...told, ...servers.map(({ url }) => new URL(url).host)])
        assert.equal(history.includes(word), false, `history has "${word}"`)
    }
  })
})
