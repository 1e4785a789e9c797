import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { markedDocument } from '../../support/marked-document.ts'
import { mountSmallDisk, noSmallDisk, type SmallDisk } from '../../support/small-disk.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import {
  postDocument,
  readPages,
  readStatus,
  statusOf,
  submitDocument,
  waitForEnd,
} from '../../support/stack-client.ts'
import { until } from '../../support/until.ts'

const PAGES = 40
const DISK_MIB = 48

/** Store, uploads and the workers' own files lie on one disk that fills up. */
describe('a disk that is full', { skip: noSmallDisk() }, () => {
  let disk: SmallDisk
  let stack: Stack
  before(async () => {
    disk = await mountSmallDisk(DISK_MIB)
    // A free disk is not looked at before: the test is of what happens when it is full all the same.
    const env = { OCR_DATA_DIR: disk.path, OCR_MIN_FREE_DISK_MB: '0' }
    stack = await startStack({ stubDelayMs: 500, env })
  })
  after(async () => {
    await stack[Symbol.asyncDispose]()
    await disk.dispose()
  })

  it('in the middle of a document: it waits and says why, and finishes once there is room', async () => {
    const id = await submitDocument(stack.url, new Uint8Array(markedDocument(PAGES)))
    await until(
      async () => ((await readStatus(stack.url, id))?.pages.done ?? 0) >= 8,
      '8 pages are done',
      60_000,
    )

    await disk.fill()
    await until(
      async () => (await readStatus(stack.url, id))?.queued_reason === 'STORAGE_FULL',
      'the document says that the store is full',
      60_000,
    )
    const refused = await postDocument(stack.url, {
      bytes: new Uint8Array(markedDocument(1)),
      name: 'x.pdf',
    })
    // A machine that stood still for a second is told of as well.
    await until(async () => {
      const live = await fetch(`${stack.url}/livez`)
      await live.body?.cancel()
      return live.status === 200
    }, 'the api counts as alive')

    assert.equal(refused.status, 507)
    assert.match(await refused.text(), /STORAGE_FULL/)
    assert.equal((await statusOf(stack.url, id)).status, 'processing')

    await disk.clear()
    const status = await waitForEnd(stack.url, id, 240_000)
    assert.equal(status.status, 'completed')
    assert.equal(status.queued_reason ?? null, null)
    assert.deepEqual(status.failed_pages, [])
    const expected = Array.from({ length: PAGES }, (_, place) => `stub page ${place + 1}`)
    assert.deepEqual(await readPages(stack.url, id), expected)
    assert.deepEqual(await readdir(join(disk.path, 'store', 'tmp')), [])
    assert.deepEqual(await readdir(join(disk.path, 'uploads')), [])
    assert.equal(stack.api.isAlive() && stack.worker.isAlive(), true)
  })
})
