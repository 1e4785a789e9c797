import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { pageImageKey } from '../../../../../src/storage/object-keys.ts'
import { sampleDocumentId, sampleSha256 } from '../../../../support/document-status.ts'
import {
  completedTask,
  join,
  layPages,
  startQianxiaApi,
  type QianxiaApi,
} from '../../../../support/qianxia-api.ts'

const TASK = `/api/tasks/${sampleDocumentId()}`
const PATHS = [`${TASK}/pages/1/view`, `${TASK}/pages/1/image`, `${TASK}/images/1_1.png`]

/** An api whose task has one page with one picture. */
async function startWithPage(owner: string | null = null): Promise<QianxiaApi> {
  const task = completedTask({ owner })
  const api = await startQianxiaApi({ documents: [task] })
  layPages(api, task, [1])
  api.gateway.picture = async (_record, place) =>
    place === 1
      ? {
          info: {
            key: pageImageKey({ sha256: sampleSha256(), page: 1, dpi: 200 }),
            sizeBytes: 3,
            contentType: 'image/png',
            sha256: null,
            modifiedAt: '2024-03-07T10:00:30.000Z',
          },
          body: Readable.from([Buffer.from('png')]),
        }
      : null
  return api
}

describe('what the page shows of a page of a task', () => {
  it('is its regions, its image and its pictures', async () => {
    await using api = await startWithPage()

    const view = await api.call(PATHS[0] ?? '')
    const image = await api.fetch(`/qianxia/pwd${PATHS[1]}`)
    const picture = await api.fetch(`/qianxia/pwd${PATHS[2]}`)

    assert.equal(view.status, 200)
    assert.partialDeepStrictEqual(view.body, {
      page: 1,
      width: 1654,
      blocks: [],
      markup: 'markdown',
    })
    assert.equal(view.headers.get('cache-control'), 'private, no-cache')
    for (const response of [image, picture])
      assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'image/png'])
    assert.equal(await picture.text(), 'png')
  })

  it('is not there for other pages and names', async () => {
    await using api = await startWithPage()

    for (const path of [
      `${TASK}/pages/2/view`,
      `${TASK}/pages/0/view`,
      `${TASK}/pages/1.5/image`,
      `${TASK}/pages/2/image`,
      `${TASK}/images/1_2.png`,
      `${TASK}/images/2_1.png`,
      `${TASK}/images/..%2f1_1.png`,
    ]) {
      const { status, body } = await api.call(path)
      assert.deepEqual([path, status, body], [path, 404, { detail: '页面结果不存在' }])
    }
    const unknown = await api.call(`/api/tasks/${sampleDocumentId(9)}/pages/1/view`)
    assert.deepEqual([unknown.status, unknown.body], [404, { detail: '任务不存在' }])
  })

  it('is for its owner alone', async () => {
    await using api = await startWithPage('qianxia:somebody')
    const { cookie } = await join(api, 'another')

    for (const path of PATHS)
      for (const headers of [{}, { cookie }])
        assert.deepEqual((await api.call(path, { headers })).body, { detail: '任务不存在' })
  })
})
