import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentsApi } from '../../../../web/src/api/documents-api.ts'
import { ApiError } from '../../../../web/src/model.ts'
import { createStore } from '../../../../web/src/state/create-store.ts'
import { until } from '../../../support/until.ts'
import { documentView, fakeDocumentsApi, settled } from '../../../support/web-documents.ts'

const ENDED = documentView({ id: 'ended', state: 'completed' })

function startStore(list: DocumentsApi['list']) {
  const store = createStore(fakeDocumentsApi({ list }))
  store.start()
  return { store, [Symbol.dispose]: () => store.close() }
}

const refuse = (code: string): Promise<never> =>
  Promise.reject(new ApiError({ code, message: '', requestId: null, status: 0 }))

describe('the connection of the store', () => {
  it('is offline when nothing answers, and comes back by itself', async () => {
    let isDown = true
    using page = startStore(() =>
      isDown ? refuse('NETWORK') : Promise.resolve({ documents: [ENDED], nextCursor: null }),
    )
    await settled()
    const before = [page.store.connection.value, page.store.problem.value]

    isDown = false
    await until(() => page.store.order.value.length > 0, 'it is back')

    assert.deepEqual(before, ['offline', null])
    assert.equal(page.store.connection.value, 'live')
  })

  it('is not offline when a part of the page is not to be had', async () => {
    using page = startStore(() => refuse('PART_NOT_LOADED'))

    await settled()

    assert.equal(page.store.problem.value?.code, 'PART_NOT_LOADED')
    assert.notEqual(page.store.connection.value, 'offline')
  })
})
