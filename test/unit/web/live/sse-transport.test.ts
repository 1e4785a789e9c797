import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { createSseTransport } from '../../../../web/src/live/sse-transport.ts'
import { documentView, scriptedTransport } from '../../../support/web-documents.ts'

/** Stands for EventSource, which Node lacks. */
class FakeSource extends EventTarget {
  readyState = 0
  onopen: () => void = () => undefined
  onerror: () => void = () => undefined
  readonly url: string

  constructor(url: string) {
    super()
    this.url = url
  }

  open(): void {
    this.readyState = 1
    this.onopen()
  }

  fail(readyState: number): void {
    this.readyState = readyState
    this.onerror()
  }

  tell(event: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }))
  }

  close(): void {
    this.readyState = 2
  }
}

function open(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const polling = scriptedTransport('polling')
  const sources: FakeSource[] = []
  const told: string[] = []
  const connection = createSseTransport({
    urlOf: (id) => `/${id}/events`,
    events: ['document'],
    read: (id, _event, data) =>
      data === 'nothing' ? null : { kind: 'document', document: documentView({ id }) },
    polling,
    createSource(url) {
      const source = new FakeSource(url)
      sources.push(source)
      // All that the transport uses of a source is played.
      return source as unknown as EventSource
    },
  }).open({
    onUp: () => told.push('up'),
    onDown: () => told.push('down'),
    onEvent: (event) => told.push(event.kind === 'document' ? event.document.id : event.kind),
  })
  const polled = (): string[] => [...polling.latest().followed]
  return { connection, sources, told, polling, polled }
}

describe('server-sent events', () => {
  it('follow four documents over a stream each, and poll the others', (t) => {
    const { connection, sources, polled } = open(t)

    connection.follow(new Set(['a', 'b', 'c', 'd', 'e']))
    for (const source of sources) source.open()

    assert.deepEqual(
      sources.map(({ url }) => url),
      ['/a/events', '/b/events', '/c/events', '/d/events'],
    )
    assert.deepEqual(polled(), ['e'])
    connection.close()
  })

  it('poll a document until its stream is open: a proxy may hold it back', (t) => {
    const { connection, sources, polled } = open(t)

    connection.follow(new Set(['a']))
    assert.deepEqual(polled(), ['a'])
    sources[0]?.open()

    assert.deepEqual(polled(), [])
    connection.close()
  })

  it('pass on what the streams tell', (t) => {
    const { connection, sources, told, polling } = open(t)
    connection.follow(new Set(['a']))

    polling.latest().listener.onUp()
    sources[0]?.open()
    sources[0]?.tell('document', {})
    sources[0]?.tell('document', 'nothing')

    assert.deepEqual(told, ['up', 'a'])
    connection.close()
  })

  it('give the place of a document that is not followed any more to another one', (t) => {
    const { connection, sources } = open(t)
    connection.follow(new Set(['a', 'b', 'c', 'd', 'e']))

    connection.follow(new Set(['b', 'c', 'd', 'e']))

    assert.equal(sources[0]?.readyState, 2)
    assert.equal(sources[4]?.url, '/e/events')
    connection.close()
  })

  it('poll while a stream comes back by itself, and do not open one again that was ended', (t) => {
    const { connection, sources, polled } = open(t)
    connection.follow(new Set(['a']))
    sources[0]?.open()

    sources[0]?.fail(0)
    assert.deepEqual(polled(), ['a'])
    // As browsers do when it ends and may not be opened again.
    sources[0]?.open()
    sources[0]?.fail(0)
    sources[0]?.fail(2)
    connection.follow(new Set(['a']))

    assert.deepEqual(polled(), ['a'])
    assert.equal(sources.length, 1)
    connection.close()
  })

  it('are down when a stream is refused, or does not open in time', (t) => {
    const refused = open(t)
    refused.connection.follow(new Set(['a', 'b']))
    refused.sources[0]?.fail(2)
    t.mock.timers.reset()
    const slow = open(t)
    slow.connection.follow(new Set(['a', 'b']))
    t.mock.timers.tick(10_000)

    assert.deepEqual([refused.told, slow.told], [['down'], ['down']])
    assert.ok([...refused.sources, ...slow.sources].every(({ readyState }) => readyState === 2))
    assert.equal(slow.polling.latest().isClosed, true)
  })

  it('are down when nothing answers', (t) => {
    const { connection, told, polling, sources } = open(t)
    connection.follow(new Set(['a']))

    polling.latest().listener.onDown()

    assert.deepEqual(told, ['down'])
    assert.equal(sources[0]?.readyState, 2)
  })
})
