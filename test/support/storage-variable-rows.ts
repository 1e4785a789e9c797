import type { Config } from '../../src/config/config.ts'
import type { S3Settings } from '../../src/storage/s3-connection.ts'
import type { VariableRow } from './engine-variable-rows.ts'

/** What a store is set up with, as small as it can be. */
export const S3_VARIABLES = {
  OCR_S3_ENDPOINT: 'http://localhost:7070',
  OCR_S3_BUCKET: 'ocr',
  OCR_S3_ACCESS_KEY: 'access',
  OCR_S3_SECRET_KEY: 'a-secret-key-of-a-test',
} as const

const s3Of = ({ storage }: Config): S3Settings | null => (storage.kind === 's3' ? storage : null)
const beside = S3_VARIABLES

/** The variables of the object store, one good and one bad value each. */
export const STORAGE_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_S3_ENDPOINT: {
    good: 'https://s3.example.com/',
    reads: (c) => s3Of(c)?.endpoint,
    as: 'https://s3.example.com',
    bad: 'https://s3.example.com/path',
    beside,
  },
  OCR_S3_BUCKET: {
    good: 'my-ocr.1',
    reads: (c) => s3Of(c)?.bucket,
    as: 'my-ocr.1',
    bad: 'My_Bucket',
    beside,
  },
  OCR_S3_REGION: {
    good: 'eu-central-1',
    reads: (c) => s3Of(c)?.region,
    as: 'eu-central-1',
    bad: 'eu/1',
    beside,
  },
  OCR_S3_ACCESS_KEY: {
    good: 'AK1',
    reads: (c) => s3Of(c)?.accessKey,
    as: 'AK1',
    bad: null,
    beside,
  },
  OCR_S3_SECRET_KEY: {
    good: 'abc',
    reads: (c) => s3Of(c)?.secretKey.reveal(),
    as: 'abc',
    bad: null,
    beside,
  },
  OCR_S3_PUBLIC_URL: {
    good: 'http://localhost:7070',
    reads: (c) => s3Of(c)?.publicUrl,
    as: 'http://localhost:7070',
    bad: 'localhost:7070',
    beside,
  },
}
