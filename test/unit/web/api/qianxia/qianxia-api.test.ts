import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { passwordPath } from '../../../../../web/src/api/qianxia/path-password.ts'
import { createQianxiaApi } from '../../../../../web/src/api/qianxia/qianxia-api.ts'
import { serve } from '../../../../support/serve.ts'

type Answer = { readonly status?: number; readonly body?: unknown }

const ROW = {
  id: 't1',
  user_id: null,
  task_type: 'pdf_ocr',
  status: 'processing',
  file_name: '扫描.pdf',
  file_size: 1000,
  total_pages: 4,
  processed_pages: 3,
  failed_pages: 1,
  progress: 75,
  created_at: '2026-01-01T00:00:00.000Z',
  started_at: '2026-01-01T00:00:01.000Z',
  completed_at: null,
  error_message: null,
}

const success = (data: unknown): Answer => ({ body: { status: 'success', data } })

/** Plays a service below `/q/pwd`; 404 for everything that a test does not answer. */
async function playing(answers: Readonly<Record<string, Answer>>, isBehindBackUrl = false) {
  const seen: string[] = []
  const server = await serve((request, response) => {
    const line = `${request.method} ${request.url}`
    seen.push(line)
    const { status = 200, body } = answers[line] ?? { status: 404, body: { detail: '任务不存在' } }
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  const origin = isBehindBackUrl ? 'https://page.example' : server.url
  const back = isBehindBackUrl ? `${server.url}/` : undefined
  return {
    api: createQianxiaApi('/q', back, { origin, pathname: '/q/pwd' }),
    origin,
    seen,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

describe('the page with Qianxia', () => {
  it('takes the path password from its own address', () => {
    assert.equal(passwordPath('/pwd', ''), '/pwd')
    assert.equal(passwordPath('/qianxia/p%20w/', '/qianxia'), '/p%20w')
    assert.equal(passwordPath('/main', ''), '')
    assert.equal(passwordPath('/qianxia/main', '/qianxia'), '')
  })

  it('works below a path password that is "main"', () => {
    assert.equal(passwordPath('/qianxia/main/', '/qianxia', true), '/main')
  })

  it('reads the rows of tasks', async () => {
    await using service = await playing({
      'GET /q/pwd/api/tasks?limit=20&offset=0': success([ROW, null, { id: 7 }]),
    })

    const { documents, nextCursor } = await service.api.list({ cursor: null, state: null })

    assert.equal(nextCursor, null)
    assert.equal(documents.length, 1)
    const [task] = documents
    assert.deepEqual(task?.pages, { total: 4, done: 3, ok: 2, empty: 0, degraded: 0, failed: 1 })
    assert.deepEqual(
      [task?.state, task?.fileName, task?.mediaType, task?.sizeBytes, task?.hasResults],
      ['processing', '扫描.pdf', 'pdf', 1000, false],
    )
  })

  it('does not take the 1 of a task that was not opened yet for its pages', async () => {
    const waiting = {
      ...ROW,
      status: 'pending',
      total_pages: 1,
      processed_pages: 0,
      started_at: null,
    }
    await using service = await playing({
      'GET /q/pwd/api/tasks?limit=20&offset=20&status=failed': success(
        Array.from({ length: 20 }, (_, place) => ({ ...waiting, id: `t${place}` })),
      ),
    })

    const list = await service.api.list({ cursor: '20', state: 'failed' })

    assert.equal(list.nextCursor, '40')
    assert.deepEqual([list.documents[0]?.state, list.documents[0]?.pages.total], ['queued', 0])
  })

  it('lists waiting and running tasks together', async () => {
    await using service = await playing({
      'GET /q/pwd/api/tasks?limit=100&status=pending': success([{ ...ROW, status: 'pending' }]),
      'GET /q/pwd/api/tasks?limit=100&status=processing': success([{ ...ROW, id: 't2' }]),
    })

    const list = await service.api.list({ cursor: null, state: 'processing' })

    assert.deepEqual(
      list.documents.map(({ state }) => state),
      ['queued', 'processing'],
    )
  })

  it('tells of an ended task which of its pages failed', async () => {
    const ended = {
      ...ROW,
      status: 'failed',
      completed_at: ROW.created_at,
      error_message: '任务处理超时',
      detail_code: 'TIME_BUDGET',
    }
    const pages = [
      { page_number: 1, status: 'completed', content: '# x' },
      { page_number: 2, status: 'failed', detail_code: 'PAGE_TIMEOUT' },
      { page_number: 4, status: 'completed' },
    ]
    await using service = await playing({
      'GET /q/pwd/api/tasks/t1/progress': success({ task_info: ended }),
      'GET /q/pwd/api/tasks/t1/pages': success({ pages }),
    })

    const task = await service.api.get('t1')

    assert.equal(task?.marks, 'of.o')
    assert.deepEqual(task?.failedPages, [{ page: 2, code: 'PAGE_TIMEOUT' }])
    assert.deepEqual(task?.failure, { code: 'TIME_BUDGET', title: '任务处理超时' })
    assert.equal(await service.api.get('t2'), null)
  })

  it('knows who is logged in, and where one can log in', async () => {
    const quota = { total_pages: 100, used_pages: 7, remaining_pages: 93 }
    await using known = await playing({
      'GET /q/pwd/api/user/current': success({ username: 'lin', quota }),
    })
    await using stranger = await playing({
      'GET /q/pwd/api/user/current': { status: 401, body: { detail: '未登录' } },
    })

    assert.deepEqual(await known.api.session(), {
      user: 'lin',
      loginUrl: '/q/login',
      usedPages: 7,
      totalPages: 100,
    })
    assert.deepEqual(await stranger.api.session(), {
      user: null,
      loginUrl: '/q/login',
      usedPages: 0,
      totalPages: null,
    })
  })

  it('reads the Markdown of a result without the heading of exports', async () => {
    await using service = await playing({
      'GET /q/pwd/api/tasks/t1/result': success({ content: '# 标题' }),
      'GET /q/pwd/api/tasks/t1/export?format=json': { body: '{"task_id":"t1"}' },
    })

    assert.equal(await service.api.result('t1', 'markdown'), '# 标题')
    assert.equal(await service.api.result('t1', 'json'), '{"task_id":"t1"}')
    assert.equal(
      service.api.resultUrl('t1', 'markdown'),
      `${service.origin}/q/pwd/api/tasks/t1/export?format=md`,
    )
  })

  it('sends requests to the back URL, and nothing else', async () => {
    const block = { bbox: [0, 0, 1, 1], category: 'picture', image: 'images/1_1.png' }
    await using service = await playing(
      {
        'POST /pwd/api/tasks/t1/cancel': { body: { status: 'success' } },
        'GET /pwd/api/tasks/t1/pages/1/view': { body: { page: 1, blocks: [block] } },
      },
      true,
    )

    await service.api.cancel('t1')
    const page = await service.api.page('t1', 1)

    assert.equal(service.seen.length, 2)
    const own = 'https://page.example/q/pwd/api/tasks/t1'
    assert.equal(page?.blocks[0]?.imageUrl, `${own}/images/1_1.png`)
    assert.equal(service.api.pageImageUrl('t1', 1), `${own}/pages/1/image`)
    assert.equal(await service.api.page('t1', 2), null)
  })

  it('offers no more than the service does', async () => {
    await using service = await playing({})

    await assert.rejects(service.api.remove('t1'), { code: 'METHOD_NOT_ALLOWED' })
    await assert.rejects(service.api.runAgain('t1'), { code: 'METHOD_NOT_ALLOWED' })
    assert.equal(Object.values(service.api.can).includes(true), false)
    assert.deepEqual(service.seen, [])
  })
})
