import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { ENGINES } from '../../../../../src/contract/engines.ts'
import type { FailureCode } from '../../../../../src/contract/failures.ts'
import { INITIAL_PROGRESS } from '../../../../../src/contract/progress.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { sampleDocumentId } from '../../../../support/document-status.ts'
import { sampleTask, startQianxiaApi } from '../../../../support/qianxia-api.ts'
import { fileForm, PDF_BYTES } from '../../../../support/test-api.ts'

const ID = sampleDocumentId()
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const TIFF = Buffer.from('49492a0008000000', 'hex')
const GIF = Buffer.from('GIF89a\u0001\u0000\u0001\u0000')

const post = (body: FormData, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body,
  headers,
})
const failedTask = (failureCode: FailureCode) =>
  sampleTask({ state: 'failed', failureCode, progress: INITIAL_PROGRESS, marks: '' })

describe('the routes that take one file', () => {
  const links = {
    websocket_url: `/ws?client_id=sync_${ID}`,
    status_url: `/api/tasks/${ID}`,
    result_url: `/api/tasks/${ID}/result`,
  }
  const endpoints = {
    status: `/api/tasks/${ID}`,
    result: `/api/tasks/${ID}/result`,
    cancel: `/api/tasks/${ID}`,
    websocket: '/ws',
  }
  const accepted = { status: 'accepted', task_id: ID, message: '任务已提交，正在后台处理' }
  const pdfFacts = { total_pages: 4, file_size_mb: '0.00', estimated_time: 12 }
  const success = { status: 'success', task_id: ID }
  const bodies: [string, Buffer, unknown][] = [
    ['/process/image', PNG, { ...accepted, estimated_time: 30, ...links }],
    ['/process/pdf', PDF_BYTES, { ...accepted, ...pdfFacts, ...links }],
    ['/api/tasks/image', GIF, { ...success, message: '任务提交成功' }],
    ['/api/tasks/pdf', PDF_BYTES, { ...success, message: '任务提交成功' }],
    [
      '/api/async/image',
      PNG,
      { ...success, message: '图片任务已提交', estimated_time: 30, endpoints },
    ],
    ['/api/async/pdf', PDF_BYTES, { ...success, message: 'PDF任务已提交', ...pdfFacts, endpoints }],
  ]
  for (const [path, bytes, expected] of bodies)
    it(`${path} answers as documented, and says in headers where to look`, async () => {
      await using api = await startQianxiaApi({ documents: [sampleTask()] })

      const { status, body, headers } = await api.call(path, post(fileForm(bytes)))

      assert.deepEqual([status, body], [200, expected])
      assert.equal(headers.get('location'), `/qianxia/pwd/api/tasks/${ID}`)
      assert.equal(headers.get('retry-after'), '5')
    })

  it('asks for the documented resolution, lanes, retries and pages', async () => {
    const qianxia = { pdfDpi: 150, concurrency: 3, maxRetries: 7, maxPdfPages: 90 }
    await using api = await startQianxiaApi({ documents: [sampleTask()], qianxia })

    await api.call('/process/pdf', post(fileForm(), { 'idempotency-key': 'k1' }))
    await api.call('/process/image', post(fileForm(PNG)))

    assert.partialDeepStrictEqual(api.gateway.submissions, [
      {
        dialect: 'qianxia',
        owner: null,
        route: 'qianxia/process/pdf',
        idempotencyKey: 'k1',
        engine: 'llm',
        dpi: 150,
        windowPages: 3,
        maxRetries: 7,
        maxPages: 90,
        clientAddress: '127.0.0.1',
        deadlineMs: null,
      },
      { idempotencyKey: null, dpi: ENGINES.llm.dpi },
    ])
  })

  const named = new FormData()
  named.set('file', 'text, not a file')
  const big = (head: Buffer, sizeBytes: number): Buffer =>
    Buffer.concat([head, Buffer.alloc(sizeBytes - head.length)])
  const image = '不支持的文件类型，请上传图片文件'
  const refused: [string, string, FormData, unknown][] = [
    ['no file', '/process/image', new FormData(), { detail: '未收到文件' }],
    ['a text field in place of a file', '/process/pdf', named, { detail: '未收到文件' }],
    ['0 bytes', '/api/tasks/image', fileForm(Buffer.alloc(0)), { detail: '文件内容为空' }],
    ['a PDF where an image is meant', '/api/async/image', fileForm(), { detail: image }],
    ['a TIFF', '/process/image', fileForm(TIFF), { detail: image }],
    ['an executable', '/api/tasks/image', fileForm(Buffer.from('MZ')), { detail: image }],
    [
      'an image where a PDF is meant',
      '/api/async/pdf',
      fileForm(PNG, { name: 'a.pdf' }),
      { detail: '不支持的文件类型，请上传PDF文件' },
    ],
    [
      'an image of one byte too many',
      '/process/image',
      fileForm(big(PNG, 1_048_577)),
      { detail: '文件过大，最大支持1MB' },
    ],
    [
      'a PDF of one byte too many',
      '/api/tasks/pdf',
      fileForm(big(PDF_BYTES, 2_097_153)),
      { detail: '文件过大，最大支持2MB' },
    ],
  ]
  for (const [what, path, form, expected] of refused)
    it(`${path} refuses ${what} with 400`, async () => {
      const qianxia = { maxImageBytes: 1_048_576, maxPdfBytes: 2_097_152 }
      await using api = await startQianxiaApi({ documents: [sampleTask()], qianxia })

      const { status, body } = await api.call(path, post(form))

      assert.deepEqual([status, body], [400, expected])
      assert.deepEqual(api.gateway.submissions, [])
      assert.deepEqual(await readdir(`${api.directory}/uploads`), [])
    })

  it('takes an image of exactly the limit', async () => {
    await using api = await startQianxiaApi({ qianxia: { maxImageBytes: 1_048_576 } })

    const { status } = await api.call('/process/image', post(fileForm(big(PNG, 1_048_576))))

    assert.equal(status, 200)
  })
})

describe('a PDF that is opened while its submit waits', () => {
  const broken = 'PDF文件格式错误或损坏'
  const refused: [FailureCode, unknown][] = [
    ['CORRUPT_PDF', { detail: broken }],
    ['ENCRYPTED_PDF', { detail: broken, detail_code: 'ENCRYPTED_PDF' }],
    ['EMPTY_DOCUMENT', { detail: broken, detail_code: 'EMPTY_DOCUMENT' }],
    ['TOO_MANY_PAGES', { detail: 'PDF页数过多，最大支持500页' }],
  ]
  for (const [code, expected] of refused)
    it(`is refused with 400 and gone when it ends as ${code}`, async () => {
      await using api = await startQianxiaApi({ documents: [failedTask(code)] })

      const { status, body } = await api.call('/api/async/pdf', post(fileForm()))

      assert.deepEqual([status, body], [400, expected])
      assert.equal(api.gateway.documents.has(ID), false)
    })

  it('stays when it has an Idempotency-Key, so that it is refused again and not unknown', async () => {
    await using api = await startQianxiaApi({ documents: [failedTask('CORRUPT_PDF')] })
    const statuses = []

    for (const isReplayed of [false, true]) {
      api.gateway.isReplayed = isReplayed
      const init = post(fileForm(), { 'idempotency-key': 'k' })
      statuses.push((await api.call('/process/pdf', init)).status)
    }

    assert.deepEqual(statuses, [400, 400])
    assert.equal(api.gateway.documents.has(ID), true)
  })

  it('is refused for what is wrong with it also when its task cannot be removed', async () => {
    await using api = await startQianxiaApi({ documents: [failedTask('CORRUPT_PDF')] })
    api.gateway.delete = async () => {
      throw new OcrError('SERVICE_UNAVAILABLE', 'inner')
    }

    const { status, body } = await api.call('/process/pdf', post(fileForm()))

    assert.deepEqual([status, body], [400, { detail: broken }])
    assert.match(api.logLines.join(), /cannot withdraw a refused task/)
  })

  it('is accepted without pages when nobody can say, and other failures show later', async () => {
    await using api = await startQianxiaApi({ documents: [failedTask('PROGRAM_FAILED')] })

    const { status, body } = await api.call('/process/pdf', post(fileForm()))

    assert.equal(status, 200)
    assert.partialDeepStrictEqual(body, { estimated_time: 30, file_size_mb: '0.00' })
    assert.equal('total_pages' in (body as object), false)
  })
})
