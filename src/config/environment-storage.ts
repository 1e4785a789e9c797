import type { z } from 'zod'
import type { EnvironmentRule } from './environment-rule.ts'
import { withoutDefault } from './variable.ts'
import { bucketName, httpOrigin, regionName, secret, text } from './variable-types.ts'

/** Shortest `OCR_S3_SECRET_KEY` in production, in characters; the defaults of S3 servers are shorter. */
const MIN_SECRET_KEY_LENGTH = 16

const storage = { section: 'Storage' } as const

/** The variables of the object store. */
export const STORAGE_VARIABLES = {
  OCR_S3_ENDPOINT: withoutDefault(httpOrigin, 'objects are kept in `OCR_DATA_DIR`', {
    ...storage,
    description:
      'Origin of an S3-compatible store, such as `http://127.0.0.1:7070`. The same for every api and worker, like the four that follow.',
  }),
  OCR_S3_BUCKET: withoutDefault(bucketName, 'none', {
    ...storage,
    description: 'Its bucket; made at the start where it is missing. Nothing else may lie in it.',
  }),
  OCR_S3_REGION: withoutDefault(regionName, '`us-east-1`', {
    ...storage,
    description: 'Its region; most servers of your own take the default.',
  }),
  OCR_S3_ACCESS_KEY: withoutDefault(text, 'none', {
    ...storage,
    description: 'Access key of an account that may read, write, list and delete in the bucket.',
  }),
  OCR_S3_SECRET_KEY: withoutDefault(secret, 'none', {
    ...storage,
    description: 'Secret key of that account.',
  }),
  OCR_S3_PUBLIC_URL: withoutDefault(httpOrigin, 'downloads go through the api', {
    ...storage,
    description:
      'Origin at which those who download reach the store. When it is set, links in answers lead there.',
  }),
}

/** The variables of the object store, read. */
export type StorageEnvironment = z.output<z.ZodObject<typeof STORAGE_VARIABLES>>

type Env = StorageEnvironment & { readonly OCR_PRODUCTION: boolean }
type StorageRule = EnvironmentRule<Env>

/** No store is set up by half. */
export const STORAGE_RULES: readonly StorageRule[] = [
  {
    variable: 'OCR_S3_ENDPOINT',
    // Every key of an object literal is one of its type.
    names: Object.keys(STORAGE_VARIABLES) as readonly (keyof StorageEnvironment)[],
    error: (env) => `expected a server beside ${setWithoutServer(env).join(', ')}`,
    isMet: (env) => env.OCR_S3_ENDPOINT !== null || setWithoutServer(env).length === 0,
  },
  needed('OCR_S3_BUCKET', 'a bucket'),
  needed('OCR_S3_ACCESS_KEY', 'an access key'),
  needed('OCR_S3_SECRET_KEY', 'a secret key'),
  {
    variable: 'OCR_S3_SECRET_KEY',
    names: ['OCR_PRODUCTION', 'OCR_S3_SECRET_KEY'],
    error: `expected at least ${MIN_SECRET_KEY_LENGTH} characters because OCR_PRODUCTION=true`,
    isMet: (env) => {
      const length = env.OCR_S3_SECRET_KEY?.reveal().length ?? MIN_SECRET_KEY_LENGTH
      return !env.OCR_PRODUCTION || length >= MIN_SECRET_KEY_LENGTH
    },
  },
]

function needed(variable: keyof StorageEnvironment, what: string): StorageRule {
  return {
    variable,
    names: ['OCR_S3_ENDPOINT', variable],
    error: `expected ${what} beside OCR_S3_ENDPOINT`,
    isMet: (env) => env.OCR_S3_ENDPOINT === null || env[variable] !== null,
  }
}

function setWithoutServer(env: StorageEnvironment): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    name in STORAGE_VARIABLES && value !== null ? [name] : [],
  )
}
