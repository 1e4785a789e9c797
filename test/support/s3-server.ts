import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'minio'
import { findS3Server } from '../../scripts/s3/find-server.ts'
import {
  S3_HEALTH_PATH,
  s3ServerArguments,
  s3ServerEnvironment,
} from '../../scripts/s3/server-flags.ts'
import { freePort } from '../../scripts/temporal/ports.ts'
import { loadConfig } from '../../src/config/config.ts'
import { Secret } from '../../src/platform/secret.ts'
import type { S3Settings } from '../../src/storage/s3-connection.ts'
import { manageProcess, type ManagedProcess } from './managed-process.ts'
import { until } from './until.ts'

/** An S3 server for tests. */
export type TestS3 = {
  dispose(): Promise<void>
  /** Settings for a bucket of its own, which nobody has made yet. */
  readonly settings: S3Settings
  /** A client that is not the store's, to look behind it. */
  readonly client: Client
}

/** A server that a test may kill. */
export type OwnS3 = TestS3 & {
  readonly process: ManagedProcess
  readonly directory: string
  ready(): Promise<void>
}

const ACCESS_KEY = 'test-access'
const GIVEN = 'OCR_TEST_S3_ENDPOINT'

/**
 * Why there can be no S3 server of our own, or `false`: what `skip` of a test wants.
 *
 * @throws {Error} under CI, where nothing may be skipped for that
 */
export async function noOwnS3(): Promise<string | false> {
  return (await program()) === null ? noProgram() : false
}

/** As {@link noOwnS3}, for tests that can also use the server of `OCR_TEST_S3_ENDPOINT`. */
export async function noS3(): Promise<string | false> {
  return process.env[GIVEN] ? false : await noOwnS3()
}

/** The server of `OCR_TEST_S3_ENDPOINT` (with the `OCR_S3_*` keys), or one of our own. */
export async function startTestS3(): Promise<TestS3> {
  const endpoint = process.env[GIVEN]
  if (!endpoint) return await startOwnS3()
  const { OCR_S3_REGION = 'us-east-1', OCR_S3_ACCESS_KEY = '' } = process.env
  const settings = {
    ...newSettings(endpoint),
    region: OCR_S3_REGION,
    accessKey: OCR_S3_ACCESS_KEY,
    secretKey: new Secret(process.env['OCR_S3_SECRET_KEY'] ?? ''),
  }
  const client = clientOf(settings)
  return {
    settings,
    client,
    async dispose() {
      if (!(await client.bucketExists(settings.bucket))) return
      const objects = await client.listObjectsV2(settings.bucket, '', true).toArray()
      for (const { name } of objects) await client.removeObject(settings.bucket, String(name))
      await client.removeBucket(settings.bucket)
    },
  }
}

/** A server of our own over an empty directory. */
export async function startOwnS3(): Promise<OwnS3> {
  const path = await program()
  if (path === null) throw new Error(noProgram())
  const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-s3-'))
  const port = await freePort('127.0.0.1')
  const settings = newSettings(`http://127.0.0.1:${port}`)
  const server = manageProcess(path, s3ServerArguments({ port, directory }), () =>
    s3ServerEnvironment(settings.accessKey, settings.secretKey),
  )
  const own: OwnS3 = {
    settings,
    client: clientOf(settings),
    process: server,
    directory,
    ready: () =>
      until(
        async () =>
          (await fetch(settings.endpoint + S3_HEALTH_PATH).catch(() => null))?.ok === true,
        'the S3 server is ready',
      ),
    async dispose() {
      await server.end('SIGKILL')
      await rm(directory, { recursive: true, force: true })
    },
  }
  server.start()
  try {
    await own.ready()
    return own
  } catch (error) {
    await own.dispose()
    throw new Error(`The S3 server did not start: ${server.log()}`, { cause: error })
  }
}

/** The environment of an api or a worker that is to use these settings. */
export function s3Environment(settings: S3Settings): Readonly<Record<string, string>> {
  return {
    OCR_S3_ENDPOINT: settings.endpoint,
    OCR_S3_BUCKET: settings.bucket,
    OCR_S3_REGION: settings.region,
    OCR_S3_ACCESS_KEY: settings.accessKey,
    OCR_S3_SECRET_KEY: settings.secretKey.reveal(),
    OCR_S3_PUBLIC_URL: settings.publicUrl ?? '',
  }
}

function newSettings(endpoint: string): S3Settings {
  return {
    endpoint,
    bucket: `test-${randomBytes(6).toString('hex')}`,
    region: 'us-east-1',
    accessKey: ACCESS_KEY,
    secretKey: new Secret('a secret key of a test'),
    publicUrl: null,
  }
}

function clientOf({ endpoint, region, accessKey, secretKey }: S3Settings): Client {
  const { hostname, port, protocol } = new URL(endpoint)
  return new Client({
    endPoint: hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    useSSL: protocol === 'https:',
    region,
    accessKey,
    secretKey: secretKey.reveal(),
  })
}

async function program(): Promise<string | null> {
  const { cacheDirectory } = loadConfig({ XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] }).launcher
  // The set-up of a test run has built it, once for all files.
  return await findS3Server({
    cacheDirectory,
    mayBuild: false,
    say: (line) => void reasons.push(line),
  })
}

const reasons: string[] = []

function noProgram(): string {
  const reason = `no S3 server: ${[...new Set(reasons)].join('; ')}`
  if (process.env['CI'] === 'true') throw new Error(reason)
  return reason
}
