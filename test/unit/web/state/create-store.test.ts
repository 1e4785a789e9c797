import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { ListQuery } from '../../../../web/src/api/documents-api.ts'
import type { DocumentView, Submission } from '../../../../web/src/model.ts'
import { until } from '../../../support/until.ts'
import { documentView, settled } from '../../../support/web-documents.ts'
import { ENDED, listing, refusal, RUNNING, startStore } from './start-store.ts'

const SUBMISSION: Submission = {
  source: { url: 'https://example.com/a.pdf' },
  engine: 'ocr',
  pages: null,
  languages: null,
  password: null,
}

describe('the store', () => {
  it('lists the newest first, and follows what has not ended', async () => {
    using page = startStore()

    const { followed } = await page.following()

    assert.deepEqual(page.store.order.value, ['running', 'ended'])
    assert.deepEqual([...followed], ['running'])
    assert.equal(page.store.isLoading.value, false)
    assert.equal(page.store.config.value?.title, 'test')
  })

  it('opens nothing while nothing runs, and says live all the same', async () => {
    using page = startStore({ list: () => listing(ENDED) })

    await settled()

    assert.equal(page.store.connection.value, 'live')
    assert.equal(page.socket.opened.length, 0)
  })

  it('brings in what it is told, and lets go of what has ended', async () => {
    using page = startStore()
    const live = await page.following()

    live.listener.onUp()
    live.listener.onEvent({
      kind: 'retry',
      id: 'running',
      running: { page: 2, attempt: 2, code: 'ENGINE_DOWN' },
    })
    const retried = page.store.documents.value.get('running')?.running
    const before = live.followed.size
    live.listener.onEvent({ kind: 'document', document: { ...RUNNING, state: 'completed' } })
    live.listener.onEvent({ kind: 'document', document: RUNNING })

    assert.deepEqual(retried, [{ page: 2, attempt: 2, code: 'ENGINE_DOWN' }])
    assert.equal(page.store.documents.value.get('running')?.state, 'completed')
    assert.deepEqual([before, live.followed.size], [1, 0])
  })

  it('forgets a document that was deleted elsewhere, even if a list still names it', async () => {
    using page = startStore()
    const live = await page.following()

    live.listener.onEvent({ kind: 'removed', id: 'running' })
    page.store.setFilter('processing')
    await settled()

    assert.deepEqual(page.store.order.value, [])
    assert.equal(page.store.missing.value.has('running'), true)
  })

  it('looks at the list again when the connection is back', async () => {
    let lists = 0
    using page = startStore({
      list() {
        lists += 1
        return listing(RUNNING)
      },
    })
    const live = await page.following()
    live.listener.onUp()
    live.listener.onDown()
    const before = lists

    await until(() => page.socket.opened.length === 2, 'it is opened again')
    page.socket.latest().listener.onUp()
    await settled()

    assert.equal(lists, before + 1)
  })

  it('shows a state, and asks the service for more of it', async () => {
    const queries: ListQuery[] = []
    using page = startStore({
      list(query) {
        queries.push(query)
        return Promise.resolve({
          documents: [ENDED, RUNNING],
          nextCursor: query.cursor ? null : 'c2',
        })
      },
    })
    await page.following()

    page.store.setFilter('completed')
    await settled()
    await page.store.loadMore()

    assert.deepEqual(page.store.order.value, ['ended'])
    assert.equal(page.store.hasMore.value, false)
    assert.deepEqual(queries.slice(1), [
      { cursor: null, state: 'completed' },
      { cursor: 'c2', state: 'completed' },
    ])
  })

  it('does not show what was asked for before the filter changed as more of it', async () => {
    const answers: ((cursor: string) => void)[] = []
    using page = startStore({
      list: () =>
        new Promise((resolve) =>
          answers.push((nextCursor) => resolve({ documents: [], nextCursor })),
        ),
    })

    page.store.setFilter('failed')
    answers[1]?.('of failed')
    answers[0]?.('of all')
    await settled()
    await Promise.race([page.store.loadMore(), settled()])

    assert.equal(page.store.filter.value, 'failed')
    assert.equal(answers.length, 3)
  })

  it('shows an accepted upload on top at once, whatever the filter', async () => {
    using page = startStore({
      submit: () => Promise.resolve('new'),
      get: () => Promise.reject(refusal(0, 'NETWORK')),
    })
    await page.following()
    page.store.setFilter('failed')

    page.store.submit([SUBMISSION])
    await until(() => page.store.order.value.includes('new'), 'it is listed')

    assert.deepEqual(page.store.order.value, ['new', 'running', 'ended'])
    assert.equal(page.store.documents.value.get('new')?.state, 'queued')
    assert.equal(page.store.filter.value, null)
    assert.deepEqual(page.store.uploads.value, [])
  })

  it('shows a cancel at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    using page = startStore({ cancel: () => promise })
    await page.following()

    const cancelling = page.store.cancel('running')
    await until(() => page.store.documents.value.get('running')?.state === 'cancelling', 'it shows')
    resolve()
    await cancelling

    assert.equal(page.store.documents.value.get('running')?.state, 'cancelling')
    assert.equal(page.store.problem.value, null)
  })

  it('takes a refused cancel back and says why, unless the document has ended by itself', async () => {
    let now: DocumentView = RUNNING
    using page = startStore({
      cancel: () => Promise.reject(refusal(503, 'SERVICE_UNAVAILABLE')),
      get: () => Promise.resolve(now),
    })
    await page.following()

    await page.store.cancel('running')
    const refused = [
      page.store.documents.value.get('running')?.state,
      page.store.problem.value?.code,
    ]
    page.store.dismissProblem()
    now = { ...RUNNING, state: 'completed' }
    await page.store.cancel('running')

    assert.deepEqual(refused, ['processing', 'SERVICE_UNAVAILABLE'])
    assert.equal(page.store.documents.value.get('running')?.state, 'completed')
    assert.equal(page.store.problem.value, null)
  })

  it('removes a document only once the service has', async () => {
    let isRefused = true
    using page = startStore({
      remove: () => (isRefused ? Promise.reject(refusal(500)) : Promise.resolve()),
    })
    await page.following()

    await page.store.remove('ended')
    const before = page.store.order.value
    isRefused = false
    await page.store.remove('ended')

    assert.deepEqual(before, ['running', 'ended'])
    assert.deepEqual(page.store.order.value, ['running'])
    assert.equal(page.store.problem.value?.status, 500)
  })

  it('lists the document that running again has made', async () => {
    const again = documentView({ id: 'again', createdAtMs: 20 })
    using page = startStore({
      runAgain: () => Promise.resolve('again'),
      get: () => Promise.resolve(again),
    })
    await page.following()

    assert.equal(await page.store.runAgain('ended'), 'again')
    assert.deepEqual(page.store.order.value, ['again', 'running', 'ended'])
  })

  it('loads and follows first what is watched, listed or not', async () => {
    const old = documentView({ id: 'old', createdAtMs: 1 })
    using page = startStore({ get: () => Promise.resolve(old) })
    const live = await page.following()

    const unwatch = page.store.watch('old')
    await settled()
    const followed = [...live.followed]
    unwatch()

    assert.deepEqual(followed, ['old', 'running'])
    assert.deepEqual([...live.followed], ['running', 'old'])
    assert.deepEqual(page.store.order.value, ['running', 'ended'])
  })

  it('says of a watched document that it does not exist', async () => {
    using page = startStore()

    page.store.watch('nobody')
    await settled()

    assert.equal(page.store.missing.value.has('nobody'), true)
    assert.equal(page.store.problem.value, null)
  })

  it('follows the newest 200 of many', async () => {
    const many = Array.from({ length: 250 }, (_, place) =>
      documentView({ id: `d${place}`, createdAtMs: place }),
    )
    using page = startStore({ list: () => listing(...many) })

    const { followed } = await page.following()

    assert.equal(followed.size, 200)
    assert.deepEqual([followed.has('d249'), followed.has('d49')], [true, false])
  })
})
