import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals'
import type { UploadProgress } from '../../../../web/src/api/documents-api.ts'
import { ApiError, type Submission, type Upload } from '../../../../web/src/model.ts'
import { createUploads } from '../../../../web/src/state/uploads.ts'
import { settled } from '../../../support/web-documents.ts'

type Sending = {
  readonly name: string
  readonly progress: UploadProgress
  accept(id: string): void
  refuse(error: Error): void
}

const submissionOf = (name: string): Submission => ({
  source: { file: new File(['12345'], name) },
  engine: null,
  pages: null,
  languages: null,
  password: null,
})

function start() {
  const sending: Sending[] = []
  const accepted: string[] = []
  const shown = signal<readonly Upload[]>([])
  const submit = ({ source }: Submission, progress: UploadProgress): Promise<string> =>
    new Promise((resolve, reject) => {
      const name = 'file' in source ? source.file.name : source.url
      sending.push({ name, progress, accept: resolve, refuse: reject })
    })
  const uploads = createUploads({ submit }, shown, (id) => accepted.push(id))
  return { uploads, sending, accepted, shown }
}

describe('uploads', () => {
  it('are sent three at once, the others as there is room', async () => {
    const { uploads, sending, shown } = start()

    uploads.add(['a', 'b', 'c', 'd'].map(submissionOf))
    assert.deepEqual(
      sending.map(({ name }) => name),
      ['a', 'b', 'c'],
    )
    sending[1]?.accept('id-b')
    await settled()

    assert.equal(sending[3]?.name, 'd')
    assert.deepEqual(
      shown.value.map(({ name }) => name),
      ['a', 'c', 'd'],
    )
  })

  it('show how much was sent, and become a document', async () => {
    const { uploads, sending, shown, accepted } = start()
    uploads.add([submissionOf('a')])

    sending[0]?.progress.onSent(3)
    const [upload] = shown.value
    sending[0]?.accept('id-a')
    await settled()

    assert.deepEqual([upload?.sentBytes, upload?.totalBytes], [3, 5])
    assert.deepEqual([shown.value, accepted], [[], ['id-a']])
  })

  it('show why they were refused until they are dismissed', async () => {
    const { uploads, sending, shown } = start()
    uploads.add([submissionOf('a')])
    const error = new ApiError({ code: 'FILE_TOO_LARGE', message: '', requestId: 'r', status: 413 })

    sending[0]?.refuse(error)
    await settled()
    assert.equal(shown.value[0]?.error, error)
    uploads.dismiss(shown.value[0]?.key ?? '')

    assert.deepEqual(shown.value, [])
  })

  it('are sent again after a failure without choosing the file again, as the same document', async () => {
    const { uploads, sending, shown, accepted } = start()
    uploads.add([submissionOf('a')])
    sending[0]?.refuse(new ApiError({ code: 'NETWORK', message: '', requestId: null, status: 0 }))
    await settled()

    uploads.retry(shown.value[0]?.key ?? '')
    const [again] = shown.value
    sending[1]?.accept('id-a')
    await settled()

    assert.deepEqual([again?.error, again?.sentBytes], [null, 0])
    assert.match(sending[0]?.progress.idempotencyKey ?? '', /^[0-9a-f]{32}$/)
    assert.equal(sending[1]?.progress.idempotencyKey, sending[0]?.progress.idempotencyKey)
    assert.deepEqual([shown.value, accepted], [[], ['id-a']])
  })

  it('are given up when they are dismissed, sent or not', async () => {
    const { uploads, sending, shown } = start()
    uploads.add(['a', 'b', 'c', 'd'].map(submissionOf))

    for (const { key } of shown.value) uploads.dismiss(key)
    sending[0]?.refuse(new Error('aborted'))
    await settled()

    assert.deepEqual(shown.value, [])
    assert.equal(sending.length, 3)
    assert.ok(sending.every(({ progress }) => progress.signal.aborted))
  })

  it('become a document when they were given up too late', async () => {
    const { uploads, sending, shown, accepted } = start()
    uploads.add([submissionOf('a')])

    uploads.close()
    sending[0]?.accept('id-a')
    await settled()

    assert.deepEqual([shown.value, accepted], [[], ['id-a']])
  })
})
