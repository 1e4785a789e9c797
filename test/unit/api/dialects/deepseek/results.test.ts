import assert from 'node:assert/strict'
import { once } from 'node:events'
import { get } from 'node:http'
import { text as readText } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { saveResult } from '../../../../../src/api/dialects/deepseek/saved-results.ts'
import { savedResultKey } from '../../../../../src/storage/object-keys.ts'
import { startDeepseekApi } from '../../../../support/deepseek-api.ts'
import type { TestApi } from '../../../../support/test-api.ts'

describe('GET /results/{filename}', () => {
  it('sends the text as a file of plain text', async () => {
    await using api = await startDeepseekApi()
    const name = await saveResult(api.store, '识别 <b>text</b>')

    const response = await api.fetch(`/deepseek/results/${name}`)

    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8')
    assert.equal(response.headers.get('content-disposition'), `attachment; filename=${name}`)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(await response.text(), '识别 <b>text</b>')
  })

  it('sends a range of it', async () => {
    await using api = await startDeepseekApi()
    const name = await saveResult(api.store, '0123456789')

    const response = await api.fetch(`/deepseek/results/${name}`, {
      headers: { range: 'bytes=2-4' },
    })

    assert.deepEqual([response.status, await response.text()], [206, '234'])
  })

  const unknown = 'ocr_result_20250127_143022_0123456789abcdef.txt'
  const paths = [
    '../../etc/passwd',
    '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cetc%5cpasswd',
    '%2fetc%2fpasswd',
    `${unknown}%00`,
    `%00${unknown}`,
    '%c0%ae%c0%ae%c0%afetc',
    '%zz',
    '%0d%0aSet-Cookie:x=1',
    `..%2fsaved-results%2f${unknown}`,
    `${unknown}%0a`,
    unknown,
    'ocr_result_20250127_143022.txt',
    'OCR_RESULT_20250127_143022.txt',
    'ocr_result_20250127_143022_0123456789ABCDEF.txt',
    'a'.repeat(4_000),
    'constructor',
    '__proto__',
  ]
  for (const path of paths)
    it(`answers 404 for ${path.slice(0, 60)}`, async () => {
      await using api = await startDeepseekApi()
      await saveResult(api.store, 'secret')

      const { status, body } = await getRaw(api, `/deepseek/results/${path}`)

      assert.equal(status, 404)
      const { detail, ...others } = JSON.parse(body)
      assert.match(detail, /^(?:File not found \/ 文件未找到: .{0,100}|Not Found)$/u)
      assert.deepEqual(others, {})
    })

  it('names the file that it has not found', async () => {
    await using api = await startDeepseekApi()

    const { body } = await getRaw(api, `/deepseek/results/${unknown}`)

    assert.deepEqual(JSON.parse(body), { detail: `File not found / 文件未找到: ${unknown}` })
  })
})

describe('saveResult', () => {
  it('gives every text of one second a name of its own, by local time', async () => {
    await using api = await startDeepseekApi()
    const now = new Date(2025, 0, 27, 14, 30, 22)

    const names = await Promise.all(
      Array.from({ length: 20 }, (_, n) => saveResult(api.store, String(n), { now })),
    )

    assert.equal(new Set(names).size, 20)
    for (const name of names) assert.match(name, /^ocr_result_20250127_143022_[0-9a-f]{16}\.txt$/)
    assert.equal((await api.store.head(savedResultKey(names[0] ?? '')))?.sizeBytes, 1)
  })
})

/** As it stands: `fetch` would tidy the path up. */
async function getRaw(api: TestApi, path: string): Promise<{ status: number; body: string }> {
  const { port } = new URL(api.url)
  const [response] = await once(get({ host: '127.0.0.1', port, path, agent: false }), 'response')
  return { status: response.statusCode, body: await readText(response) }
}
