import { after, before, describe } from 'node:test'
import { createS3BlobStore } from '../../../src/storage/s3-blob-store.ts'
import { noS3, startTestS3, type TestS3 } from '../../support/s3-server.ts'
import { describeSweepLimits } from '../../support/sweep-limits.suite.ts'
import type { SweptStore } from '../../support/sweep-bench.ts'
import { describeSweep } from '../../support/sweep.suite.ts'

describe('the sweep of a bucket', { skip: await noS3() }, () => {
  let server: TestS3
  before(async () => {
    server = await startTestS3()
  })
  after(() => server.dispose())

  const open = async (): Promise<SweptStore> => {
    const { client, settings } = server
    const store = createS3BlobStore({ ...settings, secret: 'x' })
    return {
      store,
      async dispose() {
        const objects = await client.listObjectsV2(settings.bucket, '', true).toArray()
        for (const { name } of objects) await client.removeObject(settings.bucket, String(name))
      },
    }
  }

  describeSweep('S3', open)
  describeSweepLimits('S3', open)
})
