import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chatEvents } from '../../../../src/engines/model-server/chat-events.ts'
import { RejectedRequest } from '../../../../src/engines/model-server/failed-reply.ts'
import { serverSentEvents } from '../../../../src/engines/model-server/server-sent-events.ts'
import { codeOfEnding, endingOf } from '../../../support/chat-requests.ts'

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

const chatEventsOf = (text: string) => Array.fromAsync(chatEvents(bytesOf(text)))

describe('serverSentEvents', () => {
  it('reads events as they are written down, and passes over the rest', async () => {
    const text = [
      ': comment\n\n',
      'event: a\ndata: one\ndata:two\nid: 7\n\n',
      'event: without data\n\n',
      'data\n\n',
      'data:  spaced\r\n\r\n',
      'retry: 5\n\n\n\n',
      'data: last',
    ].join('')

    const batches = await Array.fromAsync(serverSentEvents(bytesOf(text)))

    assert.deepEqual(batches.flat(), [
      { name: 'a', data: 'one\ntwo' },
      { name: '', data: '' },
      { name: '', data: ' spaced' },
      { name: '', data: 'last' },
    ])
  })
})

describe('chatEvents', () => {
  it('reads JSON up to [DONE], whatever comes after that', async () => {
    const events = await chatEventsOf('data: {"a":1}\n\ndata: [DONE]\n\ndata: nonsense\n\n')

    assert.deepEqual(events, [{ a: 1 }])
  })

  it('fails as ENGINE_REPLY_BROKEN at what is no JSON', async () => {
    assert.equal(
      codeOfEnding(await endingOf(chatEventsOf('data: {"a"\n\n'))),
      'ENGINE_REPLY_BROKEN',
    )
  })

  it('throws an error event as the answer that it would have been, of any form', async () => {
    const errors: readonly (readonly [text: string, status: number])[] = [
      ['data: {"error":{"code":400}}\n\n', 400],
      ['data: {"error":"a string"}\n\n', 500],
      ['event: error\ndata: {"code":503}\n\n', 503],
      ['event: error\ndata: {"error":{"code":"slow_down"}}\n\n', 429],
    ]

    for (const [text, status] of errors) {
      await assert.rejects(
        chatEventsOf(text),
        (error) => error instanceof RejectedRequest && error.reply.status === status,
      )
    }
  })

  it('takes an empty error for none', async () => {
    const events = await chatEventsOf('data: {"error":null,"choices":[]}\n\n')

    assert.deepEqual(events, [{ error: null, choices: [] }])
  })
})
