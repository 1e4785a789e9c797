import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/platform/secret.ts'
import { abortOldUploads } from '../../../src/storage/s3-bucket.ts'
import { S3Connection } from '../../../src/storage/s3-connection.ts'
import { serve } from '../../support/serve.ts'

const uploadOf = (key: string, initiated: string): string =>
  `<Upload><Key>${key}</Key><UploadId>1</UploadId>${initiated}</Upload>`

const UPLOADS = [
  uploadOf('blobs/old', '<Initiated>2020-01-01T00:00:00.000Z</Initiated>'),
  uploadOf('blobs/undated', '<Initiated>yesterday</Initiated>'),
]

describe('abortOldUploads', () => {
  it('leaves an upload alone that the server gives no date of', async () => {
    const aborted: string[] = []
    await using server = await serve((request, response) => {
      const { method = '', url = '' } = request
      if (method === 'DELETE') {
        aborted.push(url.split('?')[0] ?? '')
        response.writeHead(204).end()
        return
      }
      const body = `<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>${UPLOADS.join('')}</ListMultipartUploadsResult>`
      response.writeHead(200, { 'Content-Type': 'application/xml' }).end(body)
    })
    const s3 = new S3Connection({
      endpoint: server.url,
      bucket: 'bucket',
      region: 'us-east-1',
      accessKey: 'key',
      secretKey: new Secret('secret'),
      publicUrl: null,
    })

    const count = await abortOldUploads(s3, 1_000)

    assert.deepEqual([count, aborted], [1, ['/bucket/blobs/old']])
  })
})
