import { describe } from 'node:test'
import { createS3BlobStore } from '../../src/storage/s3-blob-store.ts'
import { noS3, startTestS3 } from '../support/s3-server.ts'
import { describeBlobStore } from './blob-store.suite.ts'

describe('an S3 server', { skip: await noS3() }, () => {
  describeBlobStore('createS3BlobStore', async () => {
    const server = await startTestS3()
    return {
      store: createS3BlobStore({ ...server.settings, secret: 'secret' }),
      dispose: () => server.dispose(),
    }
  })
})
