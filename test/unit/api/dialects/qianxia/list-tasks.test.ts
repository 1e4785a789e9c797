import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  hasEnded,
  type DocumentState,
  type DocumentStatus,
} from '../../../../../src/contract/document-status.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { requestKey } from '../../../../../src/storage/object-keys.ts'
import { writeJson } from '../../../../../src/storage/read-blob.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { completedTask, sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'

/** As the real list tells states apart. */
const isOf = (status: DocumentStatus, state: DocumentState | 'open'): boolean =>
  state === 'open' ? !hasEnded(status.state) : status.state === state

describe('GET /api/tasks', () => {
  it('gives rows as documented, with the address that the upload came from', async () => {
    const id = sampleDocumentId(11)
    const startedAt = new Date(Date.now() - 20_000).toISOString()
    await using api = await startQianxiaApi({
      documents: [sampleTask({ documentId: id, startedAt })],
    })
    await writeJson(api.store, requestKey(id), { clientAddress: '203.0.113.7' })

    const { status, body } = await api.call('/api/tasks')

    assert.equal(status, 200)
    const { processing_rate, estimated_time_remaining, ...row } = body.data[0]
    assert.ok(processing_rate > 0.02 && processing_rate <= 0.1, String(processing_rate))
    assert.ok(estimated_time_remaining >= 20 && estimated_time_remaining < 100)
    assert.deepEqual(row, {
      id,
      user_id: null,
      task_type: 'pdf_ocr',
      status: 'processing',
      file_name: '发票 1.pdf',
      file_size: 12_345,
      total_pages: 4,
      processed_pages: 2,
      failed_pages: 0,
      progress: 50,
      created_at: '2024-03-07T09:59:58.999Z',
      started_at: startedAt,
      completed_at: null,
      last_updated_at: startedAt,
      error_message: null,
      client_ip: '203.0.113.7',
      metadata: {},
      result_summary: {},
      page_strategy: 'auto',
      batch_size: 8,
      retry_count: 0,
      max_retries: 5,
    })
  })

  it('asks for ownerless tasks of this dialect, and honours limit and offset', async () => {
    const documents = [1, 2, 3, 4].map((n) => sampleTask({ documentId: sampleDocumentId(n) }))
    await using api = await startQianxiaApi({ documents })

    const { body } = await api.call('/api/tasks?limit=2&offset=1')

    assert.deepEqual(
      body.data.map((row: { id: string }) => row.id),
      [sampleDocumentId(2), sampleDocumentId(3)],
    )
    assert.partialDeepStrictEqual(api.gateway.listQueries, [
      { dialect: 'qianxia', owner: null, limit: 3, cursor: null },
    ])
  })

  it('honours status, and shows a task that nobody can work on as pending', async () => {
    const idle = { ...INITIAL_PROGRESS, totalPages: 4 }
    const documents = [
      sampleTask({ documentId: sampleDocumentId(1), state: 'queued', progress: INITIAL_PROGRESS }),
      sampleTask({ documentId: sampleDocumentId(2), progress: idle, queuedReason: 'NO_WORKER' }),
      sampleTask({ documentId: sampleDocumentId(3) }),
      completedTask({ documentId: sampleDocumentId(4) }),
    ]
    await using api = await startQianxiaApi({ documents })
    // As the real one, which looks at states.
    api.gateway.list = async ({ state }) => ({
      documents: [...api.gateway.documents.values()].filter(
        (status) => state === undefined || isOf(status, state),
      ),
      nextCursor: null,
    })

    const idsOf = async (status: string): Promise<string[]> =>
      (await api.call(`/api/tasks?status=${status}`)).body.data.map((row: { id: string }) => row.id)

    assert.deepEqual(await idsOf('pending'), [sampleDocumentId(1), sampleDocumentId(2)])
    assert.deepEqual(await idsOf('processing'), [sampleDocumentId(3)])
    assert.deepEqual(await idsOf('completed'), [sampleDocumentId(4)])
    assert.deepEqual(await idsOf('failed'), [])
    assert.equal((await idsOf('')).length, 4)
  })

  it('tells why a task waits, and nothing of it where none does', async () => {
    const idle = { ...INITIAL_PROGRESS, totalPages: 4 }
    const documents = [
      sampleTask({ documentId: sampleDocumentId(1), progress: idle, queuedReason: 'NO_WORKER' }),
      sampleTask({ documentId: sampleDocumentId(2) }),
    ]
    await using api = await startQianxiaApi({ documents })

    const { body } = await api.call('/api/tasks')

    const reasons = body.data.map((row: { queued_reason?: string }) => row.queued_reason)
    assert.deepEqual(reasons, ['NO_WORKER', undefined])
  })

  it('finds tasks of a state behind many that are in none', async () => {
    const running = Array.from({ length: 150 }, (_, n) =>
      sampleTask({ documentId: sampleDocumentId(1_000 + n) }),
    )
    const idle = { ...INITIAL_PROGRESS, totalPages: 4 }
    const pending = [1, 2, 3].map((n) =>
      sampleTask({
        documentId: sampleDocumentId(n),
        progress: idle,
        queuedReason: 'NO_WORKER',
        createdAt: `2024-03-07T09:00:0${9 - n}.000Z`,
      }),
    )
    await using api = await startQianxiaApi()
    const all = [...running, ...pending]
    // As the real one: a cursor, and states looked at after the limit.
    api.gateway.list = async ({ state, limit, cursor }) => {
      const start = Number(cursor ?? 0)
      const end = start + limit
      return {
        documents: all.slice(start, end).filter((status) => isOf(status, state ?? 'open')),
        nextCursor: end < all.length ? String(end) : null,
      }
    }

    const { body } = await api.call('/api/tasks?status=pending&limit=2&offset=1')

    assert.deepEqual(
      body.data.map((row: { id: string }) => row.id),
      [sampleDocumentId(2), sampleDocumentId(3)],
    )
  })

  it('looks at what is open once, so that a task that goes on meanwhile shows once', async () => {
    await using api = await startQianxiaApi()

    await api.call('/api/tasks?status=pending')

    assert.deepEqual(
      api.gateway.listQueries.map(({ state }) => state),
      ['open'],
    )
  })

  for (const query of ['limit=0', 'limit=1001', 'offset=-1', 'limit=x', 'status=nonsense'])
    it(`refuses ${query} with 400`, async () => {
      await using api = await startQianxiaApi()

      const { status, body } = await api.call(`/api/tasks?${query}`)

      assert.equal(status, 400)
      assert.deepEqual(Object.keys(body), ['detail'])
    })
})
