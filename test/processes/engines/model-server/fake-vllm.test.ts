import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import sharp from 'sharp'
import { createChatClient } from '../../../../src/engines/model-server/chat-client.ts'
import { dotsRequest, endingOf, pageRequest, serverOf } from '../../../support/chat-requests.ts'
import { createFakeVllm } from '../../../support/fakes/fake-vllm.ts'

const never = new AbortController().signal

// Every engine's tests rely on these assertions: they must be able to fail.
describe('createFakeVllm', () => {
  it('says what is wrong with a request for dots.ocr', async () => {
    await using fake = await createFakeVllm({ model: 'dots' })
    await using client = createChatClient(serverOf(fake, { model: 'model' }))
    const png = await sharp({
      create: { width: 57, height: 28, channels: 3, background: 'white' },
    })
      .png()
      .toBuffer()

    await client.ask({ ...dotsRequest({ extra_body: {} }), png }, { signal: never })
    await client.ask(pageRequest(), { signal: never })

    assert.deepEqual(fake.problems, [
      'has a field extra_body',
      '57×28 are not multiples of 28',
      '57×28 are outside the pixel limits',
      'the placeholder prefix is missing',
      'there is not one image placeholder',
      'the prompt is none of the model',
    ])
  })

  it('says what is wrong with a request for DeepSeek-OCR', async () => {
    await using fake = await createFakeVllm({ model: 'deepseek' })
    const server = serverOf(fake, { model: 'deepseek-ai/DeepSeek-OCR' })
    await using client = createChatClient(server)

    await client.ask({ ...pageRequest(), prompt: '<image><image>' }, { signal: never })

    assert.deepEqual(fake.problems, [
      '2 image placeholders',
      'the prompt is none of the model',
      'vllm_xargs is missing at the top level',
      'skip_special_tokens is not false',
    ])
  })

  it('rejects another model, and more tokens than the context has', async () => {
    await using fake = await createFakeVllm({ model: 'deepseek' })
    const server = serverOf(fake, { model: 'deepseek-ai/DeepSeek-OCR' })
    await using client = createChatClient(server)
    await using wrong = createChatClient({ ...server, model: 'another' })

    const endings = [
      await endingOf(wrong.ask(pageRequest(), { signal: never })),
      await endingOf(client.ask(pageRequest({ max_tokens: 8_193 }), { signal: never })),
    ]

    assert.deepEqual(
      endings.map((ending) => ('code' in ending ? ending.code : ending)),
      ['ENGINE_MISCONFIGURED', 'ENGINE_REJECTED_REQUEST'],
    )
  })
})
