import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  answerOf,
  PNG_BYTES,
  postOcr,
  startDotsApi,
  submissionOf,
} from '../../../../support/dots-api.ts'
import { readJson } from '../../../../support/read-json.ts'
import { PDF_BYTES } from '../../../../support/test-api.ts'

describe('POST /ocr: base64', () => {
  it('takes bare base64, a data URL, and lines as Python wraps them', async () => {
    await using api = await startDotsApi()
    const bare = PNG_BYTES.toString('base64')
    const wrapped = bare.replaceAll(/.{20}/g, '$&\n')
    const texts = [bare, `data:image/png;base64,${bare}`, `DATA:image/x-y;BASE64,${bare}`, wrapped]

    for (const image of texts) {
      const { source } = await submissionOf(api, { image, image_format: 'base64' })
      assert.equal(source.kind === 'upload' && source.upload.sizeBytes, PNG_BYTES.length)
    }
  })

  it('refuses everything else, and leaves nothing on the disk', async () => {
    await using api = await startDotsApi()
    const images = [
      'https://example.com/a.png',
      'data:text/html;base64,aGk=',
      'data:image/png,abcd',
      'abc',
      'ab==cd==',
      '-_-_',
      '中文',
    ]

    for (const image of images)
      assert.deepEqual(
        await answerOf(await postOcr(api, { image, image_format: 'base64' })),
        [400, { error: 'Image cannot be decoded', detail_code: 'CORRUPT_IMAGE' }],
        image,
      )
    assert.deepEqual(await readdir(join(api.directory, 'uploads')), [])
  })

  it('refuses what is no image, PDF included, and nothing at all', async () => {
    await using api = await startDotsApi()
    const code = async (bytes: Buffer, prefix = ''): Promise<unknown> => {
      const image = prefix + bytes.toString('base64')
      const response = await postOcr(api, { image, image_format: 'base64' })
      return [response.status, (await readJson(response)).detail_code]
    }

    assert.deepEqual(await code(PDF_BYTES), [400, 'UNSUPPORTED_FILE_TYPE'])
    assert.deepEqual(await code(Buffer.from('<html>')), [400, 'UNSUPPORTED_FILE_TYPE'])
    assert.deepEqual(await code(Buffer.alloc(0), 'data:image/png;base64,'), [400, 'EMPTY_FILE'])
  })

  it('refuses a body over 64 MiB without reading it', async () => {
    await using api = await startDotsApi()
    const body = JSON.stringify({ image: 'A'.repeat(64 * 1_048_576), image_format: 'base64' })

    const response = await postOcr(api, body)

    assert.deepEqual(await answerOf(response), [
      400,
      { error: 'Image is too large', detail_code: 'FILE_TOO_LARGE' },
    ])
  })
})

describe('POST /ocr: url', () => {
  it('leaves the fetching to a worker, images of up to 50 MiB only', async () => {
    await using api = await startDotsApi()

    const { source } = await submissionOf(api, {
      image: 'https://example.com/image.jpg',
      image_format: 'url',
    })

    assert.deepEqual(source, {
      kind: 'remote',
      remote: {
        url: 'https://example.com/image.jpg',
        maxBytes: 52_428_800,
        mediaTypes: ['png', 'jpeg', 'tiff', 'webp', 'gif', 'bmp'],
      },
    })
  })

  it('refuses at once what the text of the URL shows', async () => {
    await using api = await startDotsApi()
    const urls = [
      'http://127.0.0.1/a.png',
      'http://0x7f.1/',
      'http://[::1]/',
      'file:///etc/passwd',
      'http://user:pass@example.com/',
      'http://example.com:22/',
      'a.png',
    ]

    for (const image of urls)
      assert.deepEqual(
        await answerOf(await postOcr(api, { image, image_format: 'url' })),
        [400, { error: 'Image URL is not allowed', detail_code: 'URL_NOT_ALLOWED' }],
        image,
      )
    assert.deepEqual(api.gateway.submissions, [])
  })
})

describe('POST /ocr: path', () => {
  it('is the default, and refused as long as no root is configured', async () => {
    await using api = await startDotsApi()

    for (const image of ['/etc/passwd', '/absent', 'a'])
      assert.deepEqual(await answerOf(await postOcr(api, { image })), [
        400,
        { error: 'Local path access is disabled', detail_code: 'PATH_INPUT_DISABLED' },
      ])
  })

  it('takes a copy of an image below a root', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'dots-root-'))
    const image = join(root.path, '图 1.png')
    await writeFile(image, PNG_BYTES)
    await using api = await startDotsApi({
      api: { dots: { maxInFlight: null, pathRoots: [root.path] } },
    })

    const { source } = await submissionOf(api, { image, image_format: 'path' })

    assert.ok(source.kind === 'upload')
    assert.deepEqual(
      [source.upload.fileName, source.upload.sizeBytes, source.upload.mediaType],
      ['图 1.png', PNG_BYTES.length, 'png'],
    )
    assert.deepEqual(await readdir(join(api.directory, 'uploads')), [], 'the copy is gone')
  })

  it('gives one answer for what is absent and what is forbidden', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'dots-root-'))
    await symlink('/etc/passwd', join(root.path, 'link.png'))
    await using api = await startDotsApi({
      api: { dots: { maxInFlight: null, pathRoots: [root.path] } },
    })
    const images = [
      join(root.path, 'absent.png'),
      join(root.path, 'link.png'),
      `${root.path}/../../etc/passwd`,
      root.path,
      '/etc/passwd',
      '/proc/self/environ',
      '/dev/zero',
      `/${'a'.repeat(100_000)}`,
      'a\0b',
    ]

    for (const image of images)
      assert.deepEqual(await answerOf(await postOcr(api, { image })), [
        400,
        { error: 'Image file not found' },
      ])
  })

  it('refuses what is below a root and no image, or too large', async () => {
    await using root = await mkdtempDisposable(join(tmpdir(), 'dots-root-'))
    await writeFile(join(root.path, 'a.png'), 'root:x:0:0')
    await writeFile(join(root.path, 'large.png'), PNG_BYTES)
    await truncate(join(root.path, 'large.png'), 10_000_000_000)
    await using api = await startDotsApi({
      api: { dots: { maxInFlight: null, pathRoots: [root.path] } },
    })
    const codeOf = async (name: string): Promise<unknown> =>
      (await readJson(await postOcr(api, { image: join(root.path, name) }))).detail_code

    assert.equal(await codeOf('a.png'), 'UNSUPPORTED_FILE_TYPE')
    assert.equal(await codeOf('large.png'), 'FILE_TOO_LARGE')
  })
})
