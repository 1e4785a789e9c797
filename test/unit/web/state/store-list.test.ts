import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentView } from '../../../../web/src/model.ts'
import { until } from '../../../support/until.ts'
import { documentView, settled } from '../../../support/web-documents.ts'
import { ENDED, listing, refusal, RUNNING, startStore } from './start-store.ts'

describe('the list of the store', () => {
  it('asks once for a part of the list that is refused, not in a storm', async () => {
    let isRefused = true
    let parts = 0
    using page = startStore({
      list({ cursor }) {
        if (cursor === null) return Promise.resolve({ documents: [ENDED], nextCursor: 'c2' })
        parts += 1
        return isRefused ? Promise.reject(refusal(503)) : listing(RUNNING)
      },
    })
    await until(() => page.store.hasMore.value, 'there is more')

    await page.store.loadMore()
    const failed = [page.store.hasMoreFailed.value, page.store.hasMore.value]
    isRefused = false
    await page.store.loadMore()

    assert.deepEqual(failed, [true, true])
    assert.equal(page.store.hasMoreFailed.value, false)
    assert.deepEqual([parts, page.store.hasMore.value], [2, false])
  })

  it('reaches the documents of others that came while only their newest part was looked at', async () => {
    const many = Array.from({ length: 60 }, (_, place) =>
      documentView({ id: `d${place}`, state: 'completed', createdAtMs: 100 - place }),
    )
    let isEmpty = true
    using page = startStore({
      list({ cursor }) {
        if (isEmpty) return listing(RUNNING)
        const from = Number(cursor ?? 0)
        const documents = many.slice(from, from + 20)
        return Promise.resolve({ documents, nextCursor: from < 40 ? String(from + 20) : null })
      },
    })
    const live = await page.following()
    live.listener.onUp()
    live.listener.onDown()
    isEmpty = false

    await until(() => page.socket.opened.length === 2, 'it is opened again')
    page.socket.latest().listener.onUp()
    await until(() => page.store.hasMore.value, 'more is known of')
    await page.store.loadMore()
    await page.store.loadMore()

    assert.equal(page.store.order.value.length, 61)
    assert.equal(page.store.hasMore.value, false)
  })

  it('does not load the list anew from its beginning when nothing is missing in it', async () => {
    using page = startStore({
      list: ({ cursor }) =>
        cursor === null
          ? Promise.resolve({ documents: [RUNNING], nextCursor: 'c2' })
          : listing(ENDED),
    })
    const live = await page.following()
    await page.store.loadMore()
    live.listener.onUp()
    live.listener.onDown()

    await until(() => page.socket.opened.length === 2, 'it is opened again')
    page.socket.latest().listener.onUp()
    await settled()

    assert.equal(page.store.hasMore.value, false)
  })

  it('does not load a whole watched document again that has ended', async () => {
    const asked: string[] = []
    using page = startStore({
      get(id) {
        asked.push(id)
        return Promise.resolve(id === 'ended' ? ENDED : RUNNING)
      },
    })
    const live = await page.following()
    for (const id of ['ended', 'running']) page.store.watch(id)
    await until(() => asked.length === 2, 'both are looked at')
    live.listener.onUp()
    live.listener.onDown()

    await until(() => page.socket.opened.length === 2, 'it is opened again')
    page.socket.latest().listener.onUp()
    await until(() => asked.length > 2, 'one is looked at again')
    await settled()

    assert.deepEqual(asked.slice(2), ['running'])
  })

  describe('when it says of a document that has ended that it is read', () => {
    /** Looks at the list again, as when the connection is back. */
    async function lookAgain(page: ReturnType<typeof startStore>): Promise<void> {
      const live = await page.following()
      live.listener.onUp()
      const { length } = page.socket.opened
      live.listener.onDown()
      await until(() => page.socket.opened.length > length, 'it is opened again')
      page.socket.latest().listener.onUp()
    }

    const RESET: DocumentView = { ...ENDED, state: 'processing', marks: 'o..' }

    it('shows and follows one that an operator has reset', async () => {
      let now = ENDED
      using page = startStore({
        list: () => listing({ ...now, marks: null }, RUNNING),
        get: (id) => Promise.resolve(id === 'ended' ? now : RUNNING),
      })
      await page.following()
      const before = page.store.documents.value.get('ended')?.state

      now = RESET
      await lookAgain(page)
      await until(() => page.store.documents.value.get('ended')?.state !== before, 'it shows')

      assert.deepEqual(page.store.documents.value.get('ended'), RESET)
      assert.equal(page.socket.latest().followed.has('ended'), true)
    })

    it('takes the list for older than the end that is known, when the document itself has ended', async () => {
      let asked = 0
      let isStale = false
      using page = startStore({
        list: () => listing(isStale ? RESET : ENDED, RUNNING),
        get(id) {
          if (id === 'ended') asked += 1
          return Promise.resolve(id === 'ended' ? ENDED : RUNNING)
        },
      })
      await page.following()

      isStale = true
      await lookAgain(page)
      await until(() => asked > 0, 'it is looked at')
      await settled()

      assert.equal(page.store.documents.value.get('ended')?.state, 'completed')
    })
  })
})
