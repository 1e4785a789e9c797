import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { receiveUploads } from '../../../../src/api/uploads/receive-uploads.ts'
import { codeOf } from '../../../../src/platform/errors.ts'
import { serve } from '../../../support/serve.ts'
import { until } from '../../../support/until.ts'

const LIMIT_BYTES = 100_000
const MAX_FILES = 3

async function startServer() {
  await using setUp = new AsyncDisposableStack()
  const { path: directory } = setUp.use(await mkdtempDisposable(join(tmpdir(), 'uploads-')))
  const uploads = join(directory, 'uploads')
  const server = setUp.use(
    await serve((req, res) => {
      void (async () => {
        const answer = await answerOf(async () => {
          const received = await receiveUploads(req, res, {
            maxBytes: LIMIT_BYTES,
            maxFiles: MAX_FILES,
            temporaryDirectory: uploads,
          })
          if (received === null || received === 'too-many') return received
          await using kept = received
          return await Promise.all(
            kept.files.map(async (file) =>
              'isTooLarge' in file
                ? [file.fileName, 'too large']
                : [file.fileName, file.mediaType, await readFile(file.path, 'utf8')],
            ),
          )
        })
        res.setHeader('content-type', 'application/json')
        res.end(JSON.stringify(answer))
      })()
    }),
  )
  const running = setUp.move()
  return {
    url: server.url,
    temporaryFiles: () => readdir(uploads).catch(() => []),
    async post(form: FormData): Promise<unknown> {
      return (await fetch(server.url, { method: 'POST', body: form })).json()
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

async function answerOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return codeOf(error)
  }
}

function formOf(files: readonly (readonly [string, string])[], field = 'files'): FormData {
  const form = new FormData()
  for (const [name, content] of files) form.append(field, new Blob([content]), name)
  return form
}

describe('receiveUploads', () => {
  it('gives the files in their order, and none is left afterwards', async () => {
    await using server = await startServer()
    const pdf = '%PDF-1.7\n%test\n'

    const answer = await server.post(
      formOf([
        ['一.pdf', pdf],
        ['empty', ''],
        ['三.txt', 'x'.repeat(LIMIT_BYTES)],
      ]),
    )

    assert.deepEqual(answer, [
      ['一.pdf', 'pdf', pdf],
      ['empty', null, ''],
      ['三.txt', null, 'x'.repeat(LIMIT_BYTES)],
    ])
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('tells of a file that is too large, and keeps the others', async () => {
    await using server = await startServer()

    const answer = await server.post(
      formOf([
        ['big', 'x'.repeat(LIMIT_BYTES + 1)],
        ['small', 'y'],
      ]),
    )

    assert.deepEqual(answer, [
      ['big', 'too large'],
      ['small', null, 'y'],
    ])
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('refuses what is more than all files together may be', async () => {
    await using server = await startServer()

    const answer = await server.post(
      formOf([['big', 'x'.repeat(MAX_FILES * LIMIT_BYTES + 70_000)]]),
    )

    assert.equal(answer, 'FILE_TOO_LARGE')
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('knows too many files from none and from those of another name', async () => {
    await using server = await startServer()
    const four = formOf(['a', 'b', 'c', 'd'].map((name) => [name, 'x'] as const))

    const answers = [
      await server.post(four),
      await server.post(new FormData()),
      await server.post(formOf([['a', 'x']], 'file')),
    ]

    assert.deepEqual(answers, ['too-many', null, null])
    assert.deepEqual(await server.temporaryFiles(), [])
  })

  it('leaves nothing of a request that breaks off in its second file', async () => {
    await using server = await startServer()
    const part = (name: string): string =>
      `--b\r\nContent-Disposition: form-data; name="files"; filename="${name}"\r\n\r\n`
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n'

    socket.write(
      `${head}Content-Length: 90000\r\n\r\n${part('a')}${'x'.repeat(5_000)}\r\n${part('b')}y`,
    )
    await until(async () => (await server.temporaryFiles()).length === 2, 'both files are written')
    socket.destroy()

    await until(async () => (await server.temporaryFiles()).length === 0, 'both files are gone')
  })
})
