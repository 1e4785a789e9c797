import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { markedDocument } from '../../support/marked-document.ts'
import { noOwnS3, s3Environment, startOwnS3, type OwnS3 } from '../../support/s3-server.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import {
  postDocument,
  readPages,
  readStatus,
  submitDocument,
  waitForEnd,
} from '../../support/stack-client.ts'
import { until } from '../../support/until.ts'

const PAGES = 40
const AWAY_MS = 30_000

describe('kill -9 of the S3 server', { skip: await noOwnS3() }, () => {
  let server: OwnS3
  let stack: Stack
  before(async () => {
    server = await startOwnS3()
    stack = await startStack({ stubDelayMs: 150, env: s3Environment(server.settings) })
  })
  after(async () => {
    await stack[Symbol.asyncDispose]()
    await server.dispose()
  })

  it('in the middle of a document, away for 30 s: it finishes, and nothing is lost', async () => {
    const id = await submitDocument(stack.url, new Uint8Array(markedDocument(PAGES)))
    await until(
      async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= 12,
      '12 pages are done',
      60_000,
    )

    await server.process.end('SIGKILL')
    const refused = await postDocument(stack.url, {
      bytes: new Uint8Array(markedDocument(1)),
      name: 'x.pdf',
    })
    assert.equal(refused.status, 503)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    await refused.body?.cancel()
    // The outage itself: nothing that could be waited for happens in it.
    await delay(AWAY_MS)
    server.process.start()
    await server.ready()

    const status = await waitForEnd(stack.url, id, 240_000)
    assert.equal(status.status, 'completed')
    assert.deepEqual(status.failed_pages, [])
    const expected = Array.from({ length: PAGES }, (_, place) => `stub page ${place + 1}`)
    assert.deepEqual(await readPages(stack.url, id), expected)
    assert.equal(stack.api.isAlive() && stack.worker.isAlive(), true)
  })
})
