import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { joinTaskSocket } from '../../../../../web/src/api/qianxia/task-socket.ts'
import type { DocumentView } from '../../../../../web/src/model.ts'

const ROW = {
  id: 't1',
  task_type: 'pdf_ocr',
  status: 'processing',
  file_name: 'a.pdf',
  file_size: 10,
  total_pages: 3,
  processed_pages: 0,
  failed_pages: 0,
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:01.000Z',
  completed_at: null,
}

function join(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const told: DocumentView[] = []
  const session = joinTaskSocket((event) => {
    if (event.kind === 'document') told.push(event.document)
  })
  const take = (...messages: readonly unknown[]): unknown[] => {
    const answers = messages.flatMap((message) => session.take(message))
    t.mock.timers.tick(50)
    return answers
  }
  return { session, take, told }
}

const status = (changes: object = {}) => ({
  type: 'task_status_response',
  task_id: 't1',
  task_info: { ...ROW, ...changes },
})
const progress = (changes: object) => ({
  type: 'task_progress',
  task_id: 't1',
  data: { status: 'processing', total_pages: 3, processed_pages: 1, failed_pages: 0, ...changes },
})
const page = (page_number: number, changes: object = {}) => ({
  type: 'page_completed',
  task_id: 't1',
  data: { page_number, status: 'completed', ...changes },
})

describe('the socket of tasks', () => {
  it('asks for the row of a task before it subscribes to it', (t) => {
    const { session } = join(t)

    assert.deepEqual(session.follow('t1'), [
      { type: 'get_task_status', task_id: 't1' },
      { type: 'subscribe_task', task_id: 't1' },
    ])
    assert.deepEqual(session.unfollow('t1'), [{ type: 'unsubscribe_task', task_id: 't1' }])
  })

  it('tells what was replayed as one', (t) => {
    const { session, take, told } = join(t)
    session.follow('t1')

    take(
      status(),
      page(1),
      page(3, { status: 'failed', detail_code: 'PAGE_TIMEOUT' }),
      progress({ processed_pages: 2, failed_pages: 1, current_page: 2 }),
    )

    assert.equal(told.length, 1)
    assert.deepEqual(told[0]?.pages, { total: 3, done: 2, ok: 1, empty: 0, degraded: 0, failed: 1 })
    assert.equal(told[0]?.marks, 'o.f')
    assert.deepEqual(told[0]?.failedPages, [{ page: 3, code: 'PAGE_TIMEOUT' }])
    assert.deepEqual(told[0]?.running, [{ page: 2, attempt: 1, code: null }])
  })

  it('tells why a page is tried again, until it has ended', (t) => {
    const { session, take, told } = join(t)
    session.follow('t1')
    const data = { page_number: 2, retry_count: 1, retry_reason: 'ENGINE_DOWN' }

    take(status(), { type: 'page_retry', task_id: 't1', data })
    take(page(2))

    assert.deepEqual(told[0]?.running, [{ page: 2, attempt: 2, code: 'ENGINE_DOWN' }])
    assert.deepEqual(told[1]?.running, [])
  })

  it('asks for the row once more when the task has ended', (t) => {
    const { session, take, told } = join(t)
    session.follow('t1')

    const asked = take(status(), page(1), progress({ status: 'completed', processed_pages: 3 }), {
      type: 'task_completed',
      task_id: 't1',
    })
    take(status({ status: 'completed', processed_pages: 3, completed_at: ROW.created_at }))

    assert.deepEqual(asked, [{ type: 'get_task_status', task_id: 't1' }])
    assert.deepEqual(
      told.map(({ state, hasResults }) => [state, hasResults]),
      [
        ['processing', false],
        ['completed', true],
      ],
    )
  })

  it('says nothing of a task without a row, of one that is not followed, and of nonsense', (t) => {
    const { session, take, told } = join(t)
    session.follow('t1')

    take(page(1), { ...page(1), task_id: 'other' }, null, 7, [], { type: 'pong' })
    take({ type: 'task_status_response', task_id: 't1', task_info: 'x' })

    assert.deepEqual(told, [])
  })

  it('says nothing once it was left', (t) => {
    const { session, told } = join(t)
    session.follow('t1')

    session.take(status())
    session.leave()
    t.mock.timers.tick(1_000)

    assert.deepEqual(told, [])
  })
})
