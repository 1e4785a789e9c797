import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { codeOf } from '../../../../src/platform/errors.ts'
import { receiveUpload } from '../../../../src/api/uploads/receive-upload.ts'
import { LIMIT_BYTES, startUploadServer } from '../../../support/upload-server.ts'

const PDF = '%PDF-1.7\n%test\n'

describe('receiveUpload', () => {
  let server: Awaited<ReturnType<typeof startUploadServer>>
  before(async () => {
    server = await startUploadServer()
  })
  after(() => server[Symbol.asyncDispose]())

  const postForm = (form: FormData) => server.post(form)
  /** Sends a body as it stands. */
  const postRaw = (body: string) =>
    server.post(body.replaceAll('\n', '\r\n'), {
      'Content-Type': 'multipart/form-data; boundary=b',
    })
  const formWith = (content: string, name: string) => {
    const form = new FormData()
    form.set('file', new Blob([content]), name)
    return form
  }

  it('gives size, hash, head, type, name and fields of a file, which is gone afterwards', async () => {
    const form = formWith(PDF + 'x'.repeat(50_000), '发票 2026.pdf')
    form.append('language', 'zh')
    form.append('language', 'en')
    form.append('__proto__', 'kept apart')

    const { status, upload } = await postForm(form)

    assert.equal(status, 200)
    assert.ok(upload)
    assert.equal(upload.sizeBytes, PDF.length + 50_000)
    assert.equal(upload.sha256, createHash('sha256').update(upload.content).digest('hex'))
    assert.equal(upload.content, PDF + 'x'.repeat(50_000))
    assert.equal(upload.headLength, 4096)
    assert.equal(upload.mediaType, 'pdf')
    assert.equal(upload.fileName, '发票 2026.pdf')
    assert.equal(upload.fields['language'], 'en')
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('takes a file of exactly the limit and refuses one byte more', async () => {
    assert.equal(
      (await postForm(formWith('x'.repeat(LIMIT_BYTES), 'a'))).upload?.sizeBytes,
      LIMIT_BYTES,
    )

    const { status, code } = await postForm(formWith('x'.repeat(LIMIT_BYTES + 1), 'a'))

    assert.deepEqual([status, code], [413, 'FILE_TOO_LARGE'])
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('delivers an empty file with size 0', async () => {
    assert.equal((await postForm(formWith('', 'empty.pdf'))).upload?.sizeBytes, 0)
  })

  it('answers null without a file part of that name', async () => {
    const other = new FormData()
    other.set('image', new Blob(['x']), 'a.png')
    const fields = new FormData()
    fields.set('file', 'only text')
    const nameless = '--b\nContent-Disposition: form-data; name="file"; filename=""\n\nx\n--b--\n'

    assert.deepEqual(await postForm(other), { status: 200, upload: null })
    assert.deepEqual(await postForm(fields), { status: 200, upload: null })
    assert.deepEqual(await postRaw(nameless), { status: 200, upload: null })
    assert.deepEqual(await server.post('{}', { 'Content-Type': 'application/json' }), {
      status: 200,
      upload: null,
    })
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  const part = (head: string, body = 'x') =>
    `--b\nContent-Disposition: form-data; ${head}\n\n${body}\n`
  const file = part('name="file"; filename="a.pdf"')
  const malformed: Record<string, string> = {
    'a thousand fields': `${Array.from({ length: 1000 }, (_, n) => part(`name="f${n}"`)).join('')}${file}--b--\n`,
    'two files': `${file}${file}--b--\n`,
    'two files of other names': `${file}${part('name="other"; filename="b.pdf"')}--b--\n`,
    'nested field names': `${part('name="a[b][c]"')}${file}--b--\n`,
    'an array index': `${part('name="a[999999999]"')}${file}--b--\n`,
    'a nested __proto__': `${part('name="__proto__[x]"')}${file}--b--\n`,
    'a part without a name': `--b\nContent-Disposition: form-data\n\nx\n${file}--b--\n`,
    'a header that starts with a blank': `--b\n Content-Disposition: form-data; name="a"\n\nx\n${file}--b--\n`,
    'a field that is too large': `${part('name="a"', 'x'.repeat(100_001))}${file}--b--\n`,
    'a field name that is too long': `${part(`name="${'n'.repeat(101)}"`)}${file}--b--\n`,
    'NUL in a file name': `${part('name="file"; filename="a\0.pdf"')}--b--\n`,
    'no end': `${part('name="file"; filename="a.pdf"', 'x'.repeat(5000))}`,
    'a part header that is too large': `--b\nX: ${'y'.repeat(50_000)}\n\nx\n${file}--b--\n`,
    'no part at all': 'not multipart',
  }
  for (const [what, body] of Object.entries(malformed))
    it(`refuses ${what}`, async () => {
      const startedAt = performance.now()

      const { status, code } = await postRaw(body)

      assert.deepEqual([status, code], [400, 'REQUEST_MALFORMED'])
      assert.ok(performance.now() - startedAt < 15_000)
      assert.deepEqual(await server.temporaryFiles(), [])
    })

  it('refuses a multipart body without boundary', async () => {
    const { code } = await server.post('x', { 'Content-Type': 'multipart/form-data' })

    assert.equal(code, 'REQUEST_MALFORMED')
  })
})

describe('receiveUpload, on a disk that cannot be written to', () => {
  it('answers STORAGE_UNAVAILABLE', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'receive-upload-'))
    await writeFile(join(directory, 'a-file'), '')
    let code = ''
    const server = createServer((req, res) => {
      receiveUpload(req, res, {
        maxBytes: LIMIT_BYTES,
        temporaryDirectory: join(directory, 'a-file', 'below'),
      }).then(
        () => res.end(),
        (error: unknown) => {
          code = codeOf(error)
          res.end()
        },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const form = new FormData()
    form.set('file', new Blob(['x']), 'a')

    const { port } = server.address() as AddressInfo
    await (await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: form })).text()

    assert.equal(code, 'STORAGE_UNAVAILABLE')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await rm(directory, { recursive: true })
  })
})
