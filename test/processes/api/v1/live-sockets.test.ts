import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MAX_FOLLOWED } from '../../../../src/api/v1/live-client.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleStatus,
} from '../../../support/document-status.ts'
import { startLiveServer, type LiveTestClient } from '../../../support/live-sockets.ts'
import { pageEnded } from '../../../support/scripted-live.ts'
import { until } from '../../../support/until.ts'
import { documentIds } from '../../../support/watched-documents.ts'

const ID = sampleDocumentId()
const FOLLOW = { follow: ID }

const eventsOf = ({ messages }: LiveTestClient) => messages.map(({ event }) => event)

describe('a socket of /v1/live', () => {
  it('is told the state so far, then what happens, until the document has ended', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    server.live.publish(ID, pageEnded(1), sampleStatus({ marks: 'o...' }))
    const client = await server.connect()

    client.send(FOLLOW)
    const [first] = await client.told(1)
    server.live.publish(ID, pageEnded(2), {
      kind: 'retry',
      page: 3,
      attempt: 2,
      code: 'ENGINE_TIMED_OUT',
    })
    server.live.publish(ID, completedStatus())
    server.live.publish(ID, pageEnded(4))
    const messages = await client.told(4)

    assert.ok(first)
    assert.deepEqual(
      [first.document_id, first.event, first.data.id, first.data.page_marks],
      [ID, 'document', ID, 'o...'],
    )
    assert.deepEqual(messages.slice(1, 3), [
      {
        document_id: ID,
        event: 'page',
        data: { page: 2, outcome: 'ok', code: null, characters: 20, seconds: 0.5 },
      },
      {
        document_id: ID,
        event: 'retry',
        data: { page: 3, attempt: 2, code: 'ENGINE_TIMED_OUT' },
      },
    ])
    assert.equal(messages[3]?.data.status, 'completed')
    assert.match(messages[3].data.results.text, /^http:\/\/127\.0\.0\.1:\d+\/v1\/documents\//)
    assert.equal(server.live.followers(ID), 0)
    client.send({ follow: 'x' })
    await client.told(5)
    assert.equal(eventsOf(client)[4], 'unknown')
  })

  it('is told nothing of a document that it follows no more', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    server.live.publish(ID, sampleStatus())
    const client = await server.connect()

    client.send(FOLLOW)
    await client.told(1)
    client.send({ unfollow: ID })
    await until(() => server.live.followers(ID) === 0, 'nobody follows')
    server.live.publish(ID, pageEnded(1))
    client.send(FOLLOW)
    await client.told(2)

    assert.deepEqual(eventsOf(client), ['document', 'document'])
  })

  it('that follows a document twice is told once of what happens', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    server.live.publish(ID, sampleStatus())
    const client = await server.connect()

    client.send(FOLLOW)
    client.send(FOLLOW)
    await client.told(2)
    server.live.publish(ID, pageEnded(1))
    server.live.publish(ID, completedStatus())
    await client.told(4)

    assert.deepEqual(eventsOf(client), ['document', 'document', 'page', 'document'])
  })

  it('is told that a document was deleted', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    server.live.publish(ID, sampleStatus())
    const client = await server.connect()
    client.send(FOLLOW)
    await client.told(1)

    server.live.remove(ID)
    const messages = await client.told(2)

    assert.deepEqual(messages[1], { document_id: ID, event: 'removed', data: {} })
    assert.equal(server.live.followers(ID), 0)
  })

  it('knows no document of a user, none that does not exist, and no id that is none', async () => {
    const owned = sampleStatus({ owner: 'qianxia:a', dialect: 'qianxia' })
    await using server = await startLiveServer({ documents: [owned] })
    server.live.publish(ID, owned)
    const client = await server.connect()
    const ids = [ID, sampleDocumentId(7), '../x']

    for (const follow of ids) client.send({ follow })
    client.send({ follow: 'y'.repeat(1_000) })
    const messages = await client.told(4)

    assert.deepEqual(
      messages,
      [...ids, 'y'.repeat(100)].map((document_id) => ({ document_id, event: 'unknown' })),
    )
    assert.equal(server.live.followers(ID), 0)
  })

  it('follows 200 documents, and is refused one more', async () => {
    const all = Array.from({ length: MAX_FOLLOWED + 1 }, (_, n) =>
      sampleStatus({ documentId: sampleDocumentId(n) }),
    )
    await using server = await startLiveServer({ documents: all })
    for (const status of all) server.live.publish(status.documentId, status)
    const client = await server.connect()

    for (const [n, { documentId: follow }] of all.entries()) {
      client.send({ follow })
      // No more at once than may wait for their turn.
      if (n % 100 === 99) await client.told(n + 1)
    }
    const messages = await client.told(MAX_FOLLOWED + 1)

    assert.equal(messages.filter(({ event }) => event === 'document').length, MAX_FOLLOWED)
    assert.deepEqual(messages.at(-1), {
      document_id: sampleDocumentId(MAX_FOLLOWED),
      event: 'refused',
      data: { code: 'RATE_LIMITED' },
    })
    client.send({ unfollow: ID })
    client.send({ follow: sampleDocumentId(MAX_FOLLOWED) })
    assert.equal((await client.told(MAX_FOLLOWED + 2)).at(-1)?.event, 'document')
  })

  for (const [what, message] of [
    ['no JSON', 'follow me'],
    ['a list', '[]'],
    ['no id', '{"follow":1}'],
    ['something else', '{"subscribe":"x"}'],
    ['more than it should', `{"follow":"${ID}","unfollow":"${ID}"}`],
  ])
    it(`is closed for ${what}`, async () => {
      await using server = await startLiveServer()
      const client = await server.connect()

      client.send(message)

      assert.equal(await client.untilClosed(), 1008)
    })

  it('is closed for a message that is too large, binary or one of too many', async () => {
    await using server = await startLiveServer()
    const [large, binary, many] = [
      await server.connect(),
      await server.connect(),
      await server.connect(),
    ]

    large.send('x'.repeat(4_097))
    binary.socket.send(Buffer.from(JSON.stringify(FOLLOW)))
    for (let n = 0; n < 20_000; n++) many.send({ follow: ID })

    assert.equal(await large.untilClosed(), 1009)
    assert.equal(await binary.untilClosed(), 1008)
    assert.equal(await many.untilClosed(), 1008)
  })

  it('is told to come back when the document cannot be looked up', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    const client = await server.connect()
    server.live.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot look')

    client.send(FOLLOW)

    assert.equal(await client.untilClosed(), 1013)
    assert.equal(server.logLines.length, 1)
  })

  it('may leave all that it follows for as much that is new, while a document is looked up', async () => {
    const documents = documentIds(400).map((documentId) => sampleStatus({ documentId }))
    await using server = await startLiveServer({ documents })
    for (const status of documents) server.live.publish(status.documentId, status)
    const client = await server.connect()
    const [before, after] = [documents.slice(0, 200), documents.slice(200)]
    for (const { documentId } of before) client.send({ follow: documentId })
    await client.told(200)

    for (const { documentId } of before) client.send({ unfollow: documentId })
    for (const { documentId } of after) client.send({ follow: documentId })
    const messages = await client.told(400)

    assert.ok(messages.every(({ event }) => event === 'document'))
    assert.equal(client.socket.readyState, client.socket.OPEN)
  })

  it('does not make a document wait for another that is looked up slowly', async () => {
    const [slow, quick] = documentIds(2).map((documentId) => sampleStatus({ documentId }))
    assert.ok(slow && quick)
    await using server = await startLiveServer({ documents: [slow, quick] })
    const never = Promise.withResolvers<null>()
    const status = server.gateway.status.bind(server.gateway)
    server.gateway.status = (id, options) =>
      id === slow.documentId ? never.promise : status(id, options)
    server.live.publish(quick.documentId, quick)
    const client = await server.connect()

    client.send({ follow: slow.documentId })
    client.send({ follow: quick.documentId })
    const [message] = await client.told(1)

    assert.equal(message?.document_id, quick.documentId)
    never.resolve(null)
  })

  it('is dropped when its reader is slow, while others go on', async () => {
    const status = sampleStatus({ fileName: 'x'.repeat(100_000) })
    await using server = await startLiveServer({ documents: [status] })
    server.live.publish(ID, status)
    const [slow, other] = [await server.connect(), await server.connect()]
    for (const client of [slow, other]) {
      client.send(FOLLOW)
      await client.told(1)
    }

    slow.socket.pause()
    for (let n = 2; server.live.followers(ID) > 1 && n < 2_000; n++) {
      server.live.publish(ID, status)
      await other.told(n)
    }
    server.live.publish(ID, completedStatus())

    await until(() => other.messages.at(-1)?.data.status === 'completed', 'the other one has all')
    await until(() => server.count === 1, 'the slow one is gone')
    slow.socket.resume()
    assert.equal(await slow.untilClosed(), 1006)
  })

  it('is given up when nothing is heard from it', async () => {
    await using server = await startLiveServer({ heartbeatMs: 20, idleTimeoutMs: 100 })
    const client = await server.connect({ autoPong: false })

    assert.equal(await client.untilClosed(), 1006)
  })

  it('is closed with 1012 when the server stops, and no other is opened', async () => {
    await using server = await startLiveServer({ documents: [sampleStatus()] })
    server.live.publish(ID, sampleStatus())
    const client = await server.connect()
    client.send(FOLLOW)
    await client.told(1)

    await server.stop()

    assert.equal(await client.untilClosed(), 1012)
    assert.equal(server.live.followers(ID), 0)
    assert.equal(await server.refused('/v1/live'), 503)
  })

  it('is opened by pages of our own origin and by programs, and by nobody else', async () => {
    await using server = await startLiveServer({ publicUrl: 'https://ocr.example.com' })

    const statusFor = (origin: string) => server.refused('/v1/live', { headers: { origin } })

    assert.equal(await server.refused('/v1/live?x=1'), 101)
    assert.equal(await statusFor('https://ocr.example.com'), 101)
    for (const origin of ['https://evil.example', 'null', 'https://ocr.example.com.evil.example'])
      assert.equal(await statusFor(origin), 403, origin)
  })

  it('is one of as many as leave connections to requests', async () => {
    await using server = await startLiveServer({ maxSockets: 1 })
    const client = await server.connect()

    assert.equal(await server.refused('/v1/live'), 503)
    client.socket.close()
    await until(() => server.count === 0, 'the first is forgotten')
    assert.equal(await server.refused('/v1/live'), 101)
  })
})
