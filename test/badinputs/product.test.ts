import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { peakMemoryMb } from '../../scripts/bench/cpu-time.ts'
import {
  deflatedRun,
  DRAW_IMAGE,
  goodPdf,
  HELLO,
  onePagePdf,
  pagesPdf,
  pdfImage,
  pngFile,
} from '../support/pdf-kernel.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { postDocument, waitForEnd, type StatusBody } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

/** The worker itself parses nothing, so a bomb must not show in its memory. */
const WORKER_MEMORY_MB = 600

// Made before the server is talked to: meanwhile it would close a connection that we think is open.
const PAGE_BOMB = onePagePdf({
  contentEntries: '/Filter/FlateDecode',
  content: deflatedRun(2 ** 30, 32),
})

describe('bad input through the whole product', () => {
  let stack: Stack

  before(async () => {
    stack = await startStack({ stubDelayMs: null, env: { OCR_MAX_UPLOAD_MB: '20' } })
  })
  after(() => stack[Symbol.asyncDispose]())

  async function send(bytes: Buffer, name = 'bad.pdf'): Promise<Response> {
    return postDocument(stack.url, { bytes: new Uint8Array(bytes), name })
  }

  async function end(bytes: Buffer): Promise<StatusBody> {
    const response = await send(bytes)
    const body = (await response.json()) as { id: string }
    assert.equal(response.status, 202, JSON.stringify(body))
    return waitForEnd(stack.url, body.id, 240_000)
  }

  async function refusal(bytes: Buffer, name: string): Promise<unknown> {
    const response = await send(bytes, name)
    const { code, status } = (await response.json()) as { code: string; status: number }
    assert.equal(response.status, status)
    return { code, status }
  }

  it('refuses zero bytes and what is no document by its content', async () => {
    const empty = Buffer.alloc(0)
    assert.deepEqual(await refusal(empty, 'a.pdf'), { code: 'EMPTY_FILE', status: 400 })
    const unsupported = { code: 'UNSUPPORTED_FILE_TYPE', status: 415 }
    assert.deepEqual(await refusal(Buffer.from('/etc/passwd'), 'a.png'), unsupported)
    assert.deepEqual(await refusal(Buffer.from('<svg xmlns="x"/>'), 'a.png'), unsupported)
    assert.deepEqual(await refusal(Buffer.from('\x7fELF\x02\x01'), 'a.pdf'), unsupported)
  })

  it('refuses what is too large', async () => {
    const large = Buffer.concat([goodPdf(), Buffer.alloc(21 * 1024 * 1024)])
    assert.deepEqual(await refusal(large, 'a.pdf'), { code: 'FILE_TOO_LARGE', status: 413 })
  })

  it('fails a damaged file in seconds, without a second try', async () => {
    const status = await end(goodPdf().subarray(0, 200))

    assert.equal(status.failure?.code, 'CORRUPT_PDF')
    const history = await stack.client.workflow.getHandle(`document-${status.id}`).fetchHistory()
    const attempts = history.events?.flatMap(
      (event) => event.activityTaskStartedEventAttributes?.attempt ?? [],
    )
    assert.deepEqual(new Set(attempts), new Set([1]))
  })

  it('kills the child that a page bomb fills, not the worker', async () => {
    const status = await end(PAGE_BOMB)

    assert.ok(
      ['TOO_COMPLEX', 'PAGE_TIMEOUT'].includes(status.failure?.code ?? ''),
      status.failure?.code,
    )
  })

  it('never delivers a page without the image that was too large for it', async () => {
    const image = pdfImage({
      widthPx: 30_000,
      heightPx: 30_000,
      colorSpace: 'DeviceRGB',
      bitsPerComponent: 8,
      filter: '/FlateDecode',
      // Its declared size counts, not its bytes.
      data: deflatedRun(1_000_000),
    })

    const status = await end(onePagePdf({ ...DRAW_IMAGE, extra: [image] }))

    assert.equal(status.failure?.code, 'IMAGE_TOO_LARGE')
  })

  it('reads the size of an image bomb from its header', async () => {
    const bomb = pngFile({
      widthPx: 100_000,
      heightPx: 100_000,
      bitDepth: 1,
      colourType: 0,
      idat: deflatedRun(1_000_000),
    })

    assert.equal((await end(bomb)).failure?.code, 'IMAGE_DIMENSIONS')
  })

  it('delivers the pages around one that poisons its child', async () => {
    const endless = 'q '.repeat(5_000_000)
    const hello = `${HELLO}`
    const status = await end(pagesPdf([hello, hello, endless, hello, hello]))

    assert.equal(status.status, 'completed')
    assert.equal(status.pages.done, 5)
    assert.deepEqual(
      status.failed_pages.map(({ page }) => page),
      [3],
    )
    assert.ok(['TOO_COMPLEX', 'PAGE_TIMEOUT'].includes(status.failed_pages[0]?.code ?? ''))
  })

  it('answers malformed, unknown and too many ids as documented', async () => {
    const get = async (path: string) => {
      const response = await fetch(stack.url + path)
      return { status: response.status, body: await response.json() }
    }
    const unknown = '00000000-0000-4000-8000-000000000000'
    assert.equal((await get(`/v1/documents/${unknown}`)).status, 404)
    assert.equal((await get('/v1/documents/..%2f..%2fetc')).status, 404)
    assert.deepEqual(await get(`/api/status/${unknown}`), {
      status: 404,
      body: { error: 'Task ID not found', code: 'TASK_NOT_FOUND' },
    })
    const malformed = { error: '无效的任务 ID', code: 'INVALID_TASK_ID' }
    assert.deepEqual(await get('/api/status/a%20b'), { status: 400, body: malformed })
    const batch = await fetch(`${stack.url}/api/status/batch`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ task_ids: Array.from({ length: 101 }, (_, n) => `id-${n}`) }),
    })
    assert.equal(batch.status, 400)
    assert.deepEqual(await batch.json(), malformed)
  })

  it('leaves a small worker, no busy child and no temporary file', async (test) => {
    const peak = peakMemoryMb(stack.worker.pid()) ?? Infinity
    test.diagnostic(`peak memory of the worker: ${peak} MB`)
    assert.ok(stack.worker.isAlive())
    assert.ok(peak < WORKER_MEMORY_MB, `${peak} MB`)
    for (const directory of ['tmp', 'uploads', join('store', 'tmp')])
      await until(
        async () => (await readdir(join(stack.dataDirectory, directory))).length === 0,
        `${directory} is empty`,
      )
  })
})
