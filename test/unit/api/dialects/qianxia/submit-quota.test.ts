import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { DocumentStatus } from '../../../../../src/contract/document-status.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import {
  join,
  sampleTask,
  startQianxiaApi,
  type QianxiaApi,
} from '../../../../support/qianxia-api.ts'
import { fileForm, PDF_BYTES } from '../../../../support/test-api.ts'

/*
 * The sample task has four pages. The gateway of these tests counts a task as soon as it was started,
 * as the real one does when its memory of the sum has just ended.
 */

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

type QuotaApi = QianxiaApi & {
  /** Submits as a user who is not the admin. */
  submit(path: string, form: FormData, key?: string): ReturnType<QianxiaApi['call']>
  statuses(): DocumentStatus['state'][]
}

async function startQuotaApi(userPages: number): Promise<QuotaApi> {
  const api = await startQianxiaApi({ qianxia: { userPages } })
  await join(api, 'admin')
  const { cookie, owner } = await join(api, 'somebody')
  const { gateway } = api
  const keys = new Map<string, DocumentStatus['documentId']>()
  gateway.submit = async (submission) => {
    gateway.submissions.push(submission)
    const { idempotencyKey: key, route } = submission
    const known = key === null ? undefined : keys.get(route + key)
    if (known !== undefined) return { documentId: known, replayed: true }
    const documentId = sampleDocumentId(gateway.submissions.length)
    if (key !== null) keys.set(route + key, documentId)
    gateway.documents.set(documentId, sampleTask({ documentId, owner }))
    return { documentId, replayed: false }
  }
  return {
    ...api,
    submit: (path, body, key) =>
      api.call(path, {
        method: 'POST',
        body,
        headers: { cookie, ...(key === undefined ? {} : { 'idempotency-key': key }) },
      }),
    statuses: () => [...gateway.documents.values()].map(({ state }) => state),
  }
}

function batch(...files: [string, Buffer][]): FormData {
  const form = new FormData()
  for (const [name, bytes] of files) form.append('files', new Blob([new Uint8Array(bytes)]), name)
  return form
}

describe('the quota of a submit', () => {
  it('lets a PDF pass that has exactly the pages that are left, and counts none twice', async () => {
    await using api = await startQuotaApi(4)

    const first = await api.submit('/process/pdf', fileForm())
    const second = await api.submit('/process/pdf', fileForm())

    assert.deepEqual([first.status, first.body.total_pages], [200, 4])
    assert.deepEqual([second.status, second.body], [403, { detail: '配额不足: 需要1页，剩余0页' }])
    assert.equal(api.gateway.submissions.length, 1)
  })

  it('refuses a PDF with more pages than are left, and leaves nothing of it', async () => {
    await using api = await startQuotaApi(3)

    const { status, body } = await api.submit('/api/async/pdf', fileForm())

    assert.deepEqual([status, body], [403, { detail: '配额不足: 需要4页，剩余3页' }])
    assert.deepEqual(api.statuses(), [])
  })

  it('does not refuse a request that was accepted before, although its pages are used now', async () => {
    await using api = await startQuotaApi(4)

    const first = await api.submit('/process/pdf', fileForm(), 'k')
    const again = await api.submit('/process/pdf', fileForm(), 'k')

    assert.deepEqual([again.status, again.body], [200, first.body])
    assert.equal(again.headers.get('idempotent-replayed'), 'true')
    assert.deepEqual(api.statuses(), ['processing'])
  })

  it('refuses a request with a key again and again, and never as unknown', async () => {
    await using api = await startQuotaApi(3)
    const tooMany = { detail: '配额不足: 需要4页，剩余3页' }

    const first = await api.submit('/process/pdf', fileForm(), 'k')
    assert.deepEqual(api.statuses(), ['cancelling'])
    for (const [id, status] of api.gateway.documents)
      api.gateway.documents.set(id, { ...status, state: 'cancelled' })
    // What was cancelled is not used.
    api.gateway.pagesOf = async () => 0
    const again = await api.submit('/process/pdf', fileForm(), 'k')

    assert.deepEqual([first.status, first.body], [403, tooMany])
    assert.deepEqual([again.status, again.body], [403, tooMany])
  })

  it('refuses an image with a key when no page is left', async () => {
    await using api = await startQuotaApi(0)

    const { status } = await api.submit('/process/image', fileForm(PNG), 'k')

    assert.equal(status, 403)
    assert.deepEqual(api.statuses(), ['cancelling'])
  })

  it('does not take an accepted task back for an outage of the sum or of a look at it', async () => {
    await using api = await startQuotaApi(10)
    const submit = api.gateway.submit.bind(api.gateway)
    api.gateway.submit = async (submission) => {
      const submitted = await submit(submission)
      api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'inner')
      return submitted
    }

    const accepted = await api.submit('/process/pdf', fileForm(), 'k')
    api.gateway.failure = null
    const again = await api.submit('/process/pdf', fileForm(), 'k')

    assert.deepEqual([accepted.status, again.status], [200, 200])
    assert.deepEqual(api.statuses(), ['processing'])
  })
})

describe('the quota of a batch', () => {
  it('counts the files that were accepted, and not those before them', async () => {
    await using api = await startQuotaApi(1)
    const bad: [string, Buffer] = ['a.exe', Buffer.from('MZ')]

    const form = batch(bad, bad, ['b.png', PNG], ['c.png', PNG])
    const { body } = await api.submit('/api/async/batch', form)

    assert.equal(body.total_tasks, 1)
    assert.equal(body.submitted_tasks[0].filename, 'b.png')
    assert.deepEqual(body.failed_files.at(-1), {
      filename: 'c.png',
      error: '配额不足: 需要1页，剩余0页',
    })
  })

  it('counts all pages of the PDFs before a PDF', async () => {
    await using api = await startQuotaApi(6)

    const form = batch(['a.pdf', PDF_BYTES], ['b.pdf', PDF_BYTES])
    const { body } = await api.submit('/api/async/batch', form)

    assert.deepEqual(
      body.submitted_tasks.map((task: { filename: string }) => task.filename),
      ['a.pdf'],
    )
    assert.deepEqual(body.failed_files, [
      { filename: 'b.pdf', error: '配额不足: 需要4页，剩余2页' },
    ])
    assert.deepEqual(api.statuses(), ['processing'])
  })
})
