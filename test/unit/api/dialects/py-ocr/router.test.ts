import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compatApp } from '../../../../support/compat-app.ts'
import { resultKey } from '../../../../../src/storage/object-keys.ts'
import {
  completedStatus,
  sampleDocumentId,
  sampleManifest,
  sampleStatus,
} from '../../../../support/document-status.ts'
import {
  examplesOf,
  PY_OCR_EXAMPLES,
  shapeOf,
  withoutDetailCode,
} from '../../../../support/py-ocr-examples.ts'
import { readJson } from '../../../../support/read-json.ts'
import { fileForm, startTestApi, type TestApi } from '../../../../support/test-api.ts'
import { NO_DOCUMENTS, readDocument } from '../../../../support/client-programs/documents.ts'

const ID = sampleDocumentId()

function batch(api: TestApi, body: string, contentType = 'application/json') {
  return api.fetch('/api/status/batch', {
    method: 'POST',
    headers: { 'content-type': contentType },
    body,
  })
}

describe('PY_OCR_EXAMPLES', () => {
  it('is what the document says, letter by letter', { skip: NO_DOCUMENTS }, () => {
    const document = readDocument('pyOcr')

    for (const [section, examples] of Object.entries(PY_OCR_EXAMPLES))
      assert.deepEqual(Object.values(examples), examplesOf(document, Number(section)))
  })
})

describe('GET /api/status/<task_id>', () => {
  it('answers each documented state key by key and type by type', async () => {
    const states = {
      processing: sampleStatus(),
      completed: completedStatus(),
      failed: sampleStatus({
        state: 'failed',
        failureCode: 'CORRUPT_PDF',
        endedAt: '2024-03-07T10:01:00.000Z',
      }),
    }

    for (const [state, status] of Object.entries(states)) {
      await using api = await startTestApi({ documents: [status] })
      const response = await api.fetch(`/api/status/${ID}`)
      const example = Object.entries(PY_OCR_EXAMPLES[3]).find(([name]) => name === state)?.[1]
      assert.equal(response.status, 200)
      assert.deepEqual(shapeOf(withoutDetailCode(await readJson(response))), shapeOf(example))
    }
  })

  it('signs a URL at the origin that was asked, which gives the text', async () => {
    await using api = await startTestApi({
      documents: [completedStatus()],
      createApp: compatApp(5000),
    })
    await api.store.put(resultKey(ID, 'text'), Buffer.from('--- 第1页 ---\n'), {
      contentType: 'text/plain; charset=utf-8',
    })

    const { minio_url: url } = await readJson(await api.fetch(`/api/status/${ID}`))
    const file = await fetch(url)

    assert.ok(url.startsWith(`${api.url}/files/`))
    assert.equal(await file.text(), '--- 第1页 ---\n')
    assert.equal(file.headers.get('content-disposition'), `attachment; filename=${ID}.txt`)
  })

  it('tells unknown ids from invalid ones', async () => {
    await using api = await startTestApi()

    const unknown = [ID, 'x', 'constructor', '__proto__', 'a'.repeat(64)]
    const invalid = ['a'.repeat(65), "'", 'a.b', '%20', '..%2f..%2fetc', '%zz', '任务']
    const answer = async (id: string): Promise<unknown> => {
      const response = await api.fetch(`/api/status/${id}`)
      return [response.status, await readJson(response)]
    }

    for (const id of unknown)
      assert.deepEqual(await answer(id), [404, PY_OCR_EXAMPLES[3].notFound], id)
    for (const id of invalid)
      assert.deepEqual(
        await answer(id),
        [400, { error: '无效的任务 ID', code: 'INVALID_TASK_ID' }],
        id,
      )
  })
})

describe('the traps of Py OCR', () => {
  it('names the task at /ocr/status alone, whatever the state', async () => {
    const states = [
      sampleStatus(),
      completedStatus(),
      sampleStatus({ state: 'failed', failureCode: 'CORRUPT_PDF' }),
      sampleStatus({ state: 'cancelled' }),
    ]

    for (const status of states) {
      await using api = await startTestApi({ documents: [status] })
      const ids = []
      for (const path of ['/ocr/status', '/llm/status', '/status'])
        ids.push((await readJson(await api.fetch(`/api${path}/${ID}`)))['task_id'])
      assert.deepEqual(ids, [ID, undefined, undefined], status.state)
    }
  })

  it('answers 400, not 413, for size, and a cancel that is too late without a code', async () => {
    await using api = await startTestApi({ documents: [completedStatus()] })
    const tooLarge = fileForm(Buffer.alloc(10_485_761, '%PDF-1.7\n'))

    for (const kind of ['', '/llm', '/ocr']) {
      const upload = await api.fetch(`/api${kind}/upload`, { method: 'POST', body: tooLarge })
      const cancel = await api.fetch(`/api${kind}/cancel/${ID}`, { method: 'POST' })
      assert.deepEqual([upload.status, cancel.status], [400, 400], kind)
      assert.deepEqual(await readJson(cancel), PY_OCR_EXAMPLES[5].notCancellable)
    }
  })
})

describe('POST /api/cancel/<task_id>', () => {
  it('answers as documented', async () => {
    await using api = await startTestApi({
      documents: [sampleStatus(), completedStatus({ documentId: sampleDocumentId(1) })],
    })
    const cancel = async (id: string): Promise<unknown> => {
      const response = await api.fetch(`/api/cancel/${id}`, { method: 'POST' })
      return [response.status, await readJson(response)]
    }

    assert.deepEqual(await cancel(ID), [200, PY_OCR_EXAMPLES[5].cancelled])
    assert.deepEqual(await cancel(sampleDocumentId(1)), [400, PY_OCR_EXAMPLES[5].notCancellable])
    assert.deepEqual(await cancel(sampleDocumentId(2)), [404, PY_OCR_EXAMPLES[5].notFound])
  })

  it('names the state of a cancelled task and a cancel that Temporal refuses', async () => {
    await using api = await startTestApi({ documents: [sampleStatus({ state: 'cancelled' })] })

    const again = await api.fetch(`/api/cancel/${ID}`, { method: 'POST' })
    api.gateway.failure = new Error('3 INVALID_ARGUMENT')
    const refused = await api.fetch(`/api/cancel/${ID}`, { method: 'POST' })

    assert.partialDeepStrictEqual(await readJson(again), { current_status: 'cancelled' })
    assert.equal(refused.status, 400)
    assert.deepEqual(await readJson(refused), { error: '取消任务失败', code: 'CANCEL_FAILED' })
  })
})

describe('POST /api/status/batch', () => {
  it('answers as documented, in order, once per id, unknown ids as items', async () => {
    const [first, second, third] = [0, 1, 2].map(sampleDocumentId)
    await using api = await startTestApi({
      documents: [completedStatus(), sampleStatus({ documentId: sampleDocumentId(1) })],
    })

    const response = await batch(api, JSON.stringify({ task_ids: [first, second, first, third] }))
    const { results } = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(shapeOf({ results: results.slice(0, 2) }), shapeOf(PY_OCR_EXAMPLES[7].answer))
    assert.deepEqual(
      results.map((item: { task_id: string }) => item.task_id),
      [first, second, third],
    )
    assert.deepEqual(results[2], {
      task_id: third,
      status: 'not_found',
      ...PY_OCR_EXAMPLES[3].notFound,
    })
  })

  it('answers the other tasks when one has lost its result', async () => {
    const lost = completedStatus({ manifest: sampleManifest({ results: null }) })
    const [first, second] = [0, 1].map(sampleDocumentId)
    await using api = await startTestApi({
      documents: [lost, completedStatus({ documentId: sampleDocumentId(1) })],
    })

    const response = await batch(api, JSON.stringify({ task_ids: [first, second] }))
    const { results } = await readJson(response)

    assert.equal(response.status, 200)
    assert.deepEqual(results[0], {
      task_id: first,
      status: 'failed',
      error: 'OCR处理失败: 文件已不存在',
      detail_code: 'BLOB_MISSING',
    })
    assert.equal(results[1].status, 'completed')
  })

  it('takes 100 ids', async () => {
    await using api = await startTestApi()
    const ids = Array.from({ length: 100 }, (_, n) => sampleDocumentId(n))

    assert.equal((await batch(api, JSON.stringify({ task_ids: ids }))).status, 200)
  })

  it('refuses what is no list of 1 to 100 task ids', async () => {
    await using api = await startTestApi()
    const tooMany = Array.from({ length: 101 }, () => ID)
    const bodies = [
      JSON.stringify({ task_ids: tooMany }),
      '{"task_ids":[]}',
      '{"task_ids":[7]}',
      '{"task_ids":"x"}',
      '{"task_ids":["a/b"]}',
      '{"__proto__":{"task_ids":["x"]}}',
      '[]',
      '{',
      `${'['.repeat(400_000)}`,
    ]

    for (const body of bodies) {
      const response = await batch(api, body)
      assert.deepEqual(
        [response.status, await readJson(response)],
        [400, { error: '无效的任务 ID', code: 'INVALID_TASK_ID' }],
        body.slice(0, 40),
      )
    }
    assert.equal((await batch(api, '{"task_ids":["x"]}', 'text/plain')).status, 400)
  })

  it('holds the limit of 1 MiB', async () => {
    await using api = await startTestApi()

    const response = await batch(api, JSON.stringify({ task_ids: ['x'.repeat(1_048_576)] }))

    assert.deepEqual(
      [response.status, await readJson(response)],
      [400, { error: '无效的任务 ID', code: 'INVALID_TASK_ID', detail_code: 'FILE_TOO_LARGE' }],
    )
  })
})

describe('createPyOcrRouter', () => {
  it('answers unknown paths and wrong methods in its own envelope', async () => {
    await using api = await startTestApi()

    const unknown = await api.fetch('/api/nothing')
    const wrong = await api.fetch('/pyocr/api/upload')

    assert.deepEqual(
      [unknown.status, await readJson(unknown)],
      [404, { error: '接口不存在', code: 'NOT_FOUND' }],
    )
    assert.deepEqual(
      [wrong.status, await readJson(wrong), wrong.headers.get('allow')],
      [405, { error: '方法不允许', code: 'METHOD_NOT_ALLOWED' }, 'POST, OPTIONS'],
    )
  })
})
