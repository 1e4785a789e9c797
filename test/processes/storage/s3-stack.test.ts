import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { CONFIG_EXIT_CODE } from '../../../src/config/config-error.ts'
import { runProgram } from '../../../scripts/temporal/run-program.ts'
import { markedDocument } from '../../support/marked-document.ts'
import { createPyOcrClient } from '../../support/py-ocr-client.ts'
import { noOwnS3, s3Environment, startOwnS3, type OwnS3 } from '../../support/s3-server.ts'
import { startStack, type Stack } from '../../support/stack.ts'
import { readPages, submitDocument, waitForEnd } from '../../support/stack-client.ts'

const root = join(import.meta.dirname, '..', '..', '..')

describe('the product on an S3 server', { skip: await noOwnS3() }, () => {
  let server: OwnS3
  let stack: Stack
  before(async () => {
    server = await startOwnS3()
    const env = s3Environment({ ...server.settings, publicUrl: server.settings.endpoint })
    stack = await startStack({ stubDelayMs: 20, env })
  })
  after(async () => {
    await stack[Symbol.asyncDispose]()
    await server.dispose()
  })

  it('reads a document, keeps everything in the bucket, and forgets it again', async () => {
    const id = await submitDocument(stack.url, new Uint8Array(markedDocument(3)))

    const status = await waitForEnd(stack.url, id)

    assert.equal(status.status, 'completed')
    assert.deepEqual(
      await readPages(stack.url, id),
      [1, 2, 3].map((page) => `stub page ${page}`),
    )
    assert.equal(existsSync(join(stack.dataDirectory, 'store')), false)
    const keys = async () => {
      const objects = server.client.listObjectsV2(server.settings.bucket, '', true)
      return (await objects.toArray()).map(({ name }) => String(name))
    }
    const folders = new Set((await keys()).map((key) => key.split('/')[0]))
    assert.ok(['blobs', 'references', 'pages', 'documents'].every((name) => folders.has(name)))

    const deleted = await fetch(`${stack.url}/v1/documents/${id}`, { method: 'DELETE' })
    await deleted.body?.cancel()

    assert.equal(deleted.ok, true)
    const left = (await keys()).filter((key) => !key.endsWith('/deleted.json'))
    assert.deepEqual(left, [])
  })

  it('hands out a link to the store itself', async () => {
    const client = createPyOcrClient(() => `${stack.url}/api`)
    const taskId = await client.submit('', markedDocument(2))
    const body = await client.statusWhen('', taskId, ({ status }) => status === 'completed')
    const link = String(body['minio_url'])

    const response = await fetch(link)

    assert.equal(new URL(link).origin, server.settings.endpoint)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-disposition'), `attachment; filename=${taskId}.txt`)
    assert.match(await response.text(), /stub page 1[^]*stub page 2/)
  })

  it('gives uploads of the SCNet dialect a URL of the api, which a submit knows again', async () => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(markedDocument(1))]), '发票.pdf')
    const scnet = `${stack.url}/scnet/api/llm/v1/ocrdoc`
    const headers = { Authorization: 'Bearer x' }
    const upload = await fetch(`${scnet}/upload`, { method: 'POST', body: form, headers })
    const uploaded = (await upload.json()) as { data: { file_url: string } }

    const submitted = await fetch(`${scnet}/submit`, {
      method: 'POST',
      body: JSON.stringify(uploaded.data),
      headers: { ...headers, 'Content-Type': 'application/json' },
    })

    assert.equal(new URL(uploaded.data.file_url).origin, stack.url)
    assert.equal(submitted.status, 200, await submitted.text())
  })

  for (const program of ['src/api/main.ts', 'src/workers/main.ts'])
    it(`${program} refuses to start with a wrong key, in one sentence`, async () => {
      const env = { ...stack.env(), OCR_S3_SECRET_KEY: 'another secret key', OCR_PORT: '0' }

      const { exitCode, output } = await runProgram(process.execPath, [join(root, program)], {
        env,
        timeoutMs: 240_000,
      })

      assert.equal(exitCode, CONFIG_EXIT_CODE, output)
      assert.match(output, /Cannot use the object store: OCR_S3_SECRET_KEY is wrong/)
      assert.ok(!output.includes('another secret key') && !output.includes('    at '), output)
    })
})
