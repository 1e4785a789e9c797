import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import express, { Router } from 'express'
import { createApiMetrics } from '../../../../src/api/metrics/api-metrics.ts'
import { createApp } from '../../../../src/api/app.ts'
import { listen, type Upgrades } from '../../../../src/api/http/listen.ts'
import {
  handleFailures,
  writeProblem,
  type FailureWriter,
} from '../../../../src/api/http/problem-response.ts'
import type { FailureCode } from '../../../../src/contract/failures.ts'
import { OcrError } from '../../../../src/platform/errors.ts'
import { apiLogger, setLogLevel } from '../../../../src/platform/logger.ts'
import { createFakeGateway } from '../../../support/fake-gateway.ts'
import { submissionOf } from '../../../support/gateway-fixtures.ts'
import { readScrape } from '../../../support/scrape.ts'
import { serve } from '../../../support/serve.ts'
import { fileForm, PDF_BYTES, startTestApi } from '../../../support/test-api.ts'
import { until } from '../../../support/until.ts'

before(() => setLogLevel('silent'))

const PASSWORD = 'canary-7f3a'

function setUp({ freeDiskBytes = async () => 1 } = {}) {
  const metrics = createApiMetrics({ secretSegment: PASSWORD, freeDiskBytes })
  const read = async () => readScrape(await metrics.registry.metrics())
  return { metrics, read }
}

/** Requests of a route that fails with a code of ours. */
async function failWith(code: FailureCode, write: FailureWriter = writeProblem) {
  const { metrics, read } = setUp()
  const app = express()
  app.use(metrics.countRequest)
  app.get('/fails', () => {
    throw new OcrError(code, 'Cannot do it')
  })
  app.use(handleFailures(write, apiLogger))
  await using server = await serve(app)
  await (await fetch(`${server.url}/fails`)).text()
  const failures = async () => (await read()).values.get(`ocr_http_failures_total{code="${code}"}`)
  await until(async () => (await failures()) === 1, 'it is counted')
  const { values } = await read()
  return ['4xx', '5xx'].filter((status) =>
    values.has(
      `ocr_http_request_duration_seconds_count{route="/fails",method="GET",status="${status}"}`,
    ),
  )
}

/** The whole application, with its requests counted. */
async function startCounted() {
  const { metrics, read } = setUp()
  const { countRequest } = metrics
  const api = await startTestApi({ createApp: (deps) => createApp({ ...deps, countRequest }) })
  return { api, read, [Symbol.asyncDispose]: () => api[Symbol.asyncDispose]() }
}

describe('requests', () => {
  it('are counted by the pattern of their route, never by what the client typed', async () => {
    await using test = await startCounted()

    await test.api.fetch('/v1/documents/0bd622f4-542c-48c5-a9bc-e84e8f7a1158')
    await test.api.fetch('/nothing/canary-path?canary=query')

    await until(async () => (await test.read()).values.size > 2, 'both are counted')
    const { values, text } = await test.read()
    const count = (labels: string) =>
      values.get(`ocr_http_request_duration_seconds_count{${labels}}`)
    assert.equal(count('route="/v1/documents/:id",method="GET",status="4xx"'), 1)
    assert.equal(count('route="unmatched",method="GET",status="4xx"'), 1)
    assert.doesNotMatch(text, /0bd622f4|canary/)
  })

  it('below the path password show no password, in any spelling', async () => {
    const { metrics, read } = setUp()
    const app = express()
    app.use(metrics.countRequest)
    const router = Router()
    router.get('/:name', (_req, res) => void res.json({}))
    for (const spelling of [PASSWORD, '%63anary-7f3a']) app.use(`/${spelling}`, router)
    await using server = await serve(app)

    await fetch(`${server.url}/${PASSWORD}/x`)
    await fetch(`${server.url}/%63anary-7f3a/x`)

    const series = 'route="/[password]/:name",method="GET",status="2xx"'
    const key = `ocr_http_request_duration_seconds_count{${series}}`
    await until(async () => (await read()).values.get(key) === 2, 'both are counted')
    assert.doesNotMatch((await read()).text, /anary-7f3a/)
  })

  it('bring bytes that are counted', async () => {
    await using test = await startCounted()
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(100_000)])

    await test.api.fetch('/v1/documents', { method: 'POST', body: fileForm(bytes) })

    await until(
      async () => ((await test.read()).values.get('ocr_upload_bytes_total') ?? 0) > 100_000,
      'the upload is counted',
    )
  })

  it('of a caller above a limit of his own are no failures of the service', async () => {
    const status500: FailureWriter = (_failure, _req, res) => void res.status(500).end()

    assert.deepEqual(await failWith('RATE_LIMITED'), ['4xx'])
    assert.deepEqual(await failWith('QUOTA_EXCEEDED'), ['4xx'])
    // As SCNet tells them.
    assert.deepEqual(await failWith('QUOTA_EXCEEDED', status500), ['4xx'])
    assert.deepEqual(await failWith('CORRUPT_PDF', status500), ['4xx'])
  })

  it('that a full disk or Temporal refuses are failures of the service', async () => {
    assert.deepEqual(await failWith('STORAGE_FULL'), ['5xx'])
    assert.deepEqual(await failWith('SERVICE_UNAVAILABLE'), ['5xx'])
  })

  it('that stay open as event streams are counted while they do', async () => {
    const { metrics, read } = setUp()
    const app = express()
    app.use(metrics.countRequest)
    app.get('/events', (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8' })
      res.flushHeaders()
    })
    await using server = await serve(app)
    const leaving = new AbortController()
    const streams = async () =>
      (await read()).values.get('ocr_live_connections{transport="sse"}') ?? -1

    await fetch(`${server.url}/events`, { signal: leaving.signal })
    const open = await streams()
    leaving.abort()

    assert.equal(open, 1)
    await until(async () => (await streams()) === 0, 'the stream is closed')
    const aborted = 'route="/events",method="GET",status="aborted"'
    assert.equal(
      (await read()).values.get(`ocr_http_request_duration_seconds_count{${aborted}}`),
      1,
    )
  })
})

describe('the free disk', () => {
  it('is told as it is, and not at all where nothing can be known of it', async () => {
    let free: number | null = 3_000_000_000
    const freeDiskBytes = async (): Promise<number> => free ?? Promise.reject(new Error('gone'))
    const { read } = setUp({ freeDiskBytes })

    const known = (await read()).values.get('ocr_disk_free_bytes')
    free = null
    const unknown = (await read()).values.get('ocr_disk_free_bytes')

    assert.deepEqual([known, unknown], [3_000_000_000, undefined])
  })
})

describe('countedUpgrades', () => {
  it('counts connections while they are open', async () => {
    const { metrics, read } = setUp()
    const upgrades: Upgrades = {
      isMine: () => true,
      upgrade: (_request, socket) => {
        // As a WebSocket server does: who does not read never learns of the end.
        socket
          .on('error', () => undefined)
          .on('end', () => socket.end())
          .resume()
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n',
        )
      },
    }
    const address = { host: '127.0.0.1', port: 0 }
    await using server = await listen(() => undefined, address, metrics.countedUpgrades(upgrades))
    const sockets = async () =>
      (await read()).values.get('ocr_live_connections{transport="websocket"}') ?? -1
    const client = connect(server.port, '127.0.0.1')
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    await once(client, 'data')

    const open = await sockets()
    client.destroy()

    assert.equal(open, 1)
    await until(async () => (await sockets()) === 0, 'the socket is closed')
  })
})

describe('counted', () => {
  it('counts a new document by dialect and engine, and a replay not at all', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'metrics-'))
    const { metrics, read } = setUp()
    const gateway = createFakeGateway()
    const counted = metrics.counted(gateway)
    const submission = await submissionOf(directory.path, PDF_BYTES.toString(), { engine: 'llm' })

    await counted.submit(submission)
    gateway.isReplayed = true
    await counted.submit(submission)

    const { dialect } = submission
    const series = `ocr_documents_submitted_total{dialect="${dialect}",engine="llm"}`
    assert.equal((await read()).values.get(series), 1)
    assert.equal(gateway.submissions.length, 2)
  })
})
