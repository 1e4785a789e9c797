import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../scripts/temporal/ports.ts'
import { markedDocument } from '../support/marked-document.ts'
import { scrape, type Scrape } from '../support/scrape.ts'
import { postDocument, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

type LogLine = Readonly<Record<string, unknown>>

const PAGES = 3

/** One run of the whole product: a document that is read, and one that cannot be. */
describe('a stack that is watched', () => {
  let stack: Stack
  let ids: readonly string[]
  let api: Scrape
  let worker: Scrape
  let sdk: Scrape

  before(async () => {
    const [apiPort, workerPort, sdkPort] = [
      await freePort('127.0.0.1'),
      await freePort('127.0.0.1'),
      await freePort('127.0.0.1'),
    ]
    stack = await startStack({
      stubDelayMs: 0,
      env: { OCR_METRICS_PORT: String(apiPort) },
      workerEnv: { OCR_METRICS_PORT: String(workerPort), OCR_SDK_METRICS_PORT: String(sdkPort) },
    })
    const whole = await submitDocument(stack.url, new Uint8Array(markedDocument(PAGES)))
    const broken = await submitDocument(stack.url, new Uint8Array(Buffer.from('%PDF-1.7\nx\n')))
    await postDocument(stack.url, { bytes: new Uint8Array(), name: 'canary-name.pdf' })
    ids = [whole, broken]
    for (const id of ids) await waitForEnd(stack.url, id)
    // The last activity may be told to Temporal before it is told to the log.
    await until(
      () => ids.every((id) => activityLines(stack, id).length > 1),
      'the activities are in the log',
    )
    ;[api, worker, sdk] = [await scrape(apiPort), await scrape(workerPort), await scrape(sdkPort)]
  })
  after(() => stack[Symbol.asyncDispose]())

  it('exports every metric that the documentation and the alerts name', async () => {
    const exported = new Set([...api.names, ...worker.names, ...sdk.names])
    const named = new Set<string>()
    for (const path of ['docs/operations.md', 'deploy/observability/alerts.yml'])
      for (const name of metricNamesIn(await readFile(path, 'utf8'))) named.add(name)

    assert.ok(named.size > 20)
    assert.deepEqual(
      [...named].filter((name) => !exported.has(name)),
      [],
    )
  })

  it('documents every metric of its own', async () => {
    const named = metricNamesIn(await readFile('docs/operations.md', 'utf8'))
    const own = [...api.names, ...worker.names].filter((name) => name.startsWith('ocr_'))

    // A histogram is named by the part that is asked for.
    const isNamed = (name: string): boolean =>
      ['', '_bucket', '_count'].some((part) =>
        named.has(name.replace(/_(bucket|sum|count)$/, '') + part),
      )
    assert.deepEqual(
      own.filter((name) => !isNamed(name)),
      [],
    )
  })

  it('counts what happened, once', () => {
    const read = 'engine="paddle",outcome="ok",code=""'
    const corrupt = 'activity="inspectDocument",engine="",kind="input",code="CORRUPT_PDF"'

    assert.equal(worker.values.get(`ocr_pages_total{${read}}`), PAGES)
    assert.equal(worker.values.get('ocr_page_duration_seconds_count{engine="paddle"}'), PAGES)
    assert.equal(worker.values.get(`ocr_attempt_failures_total{${corrupt}}`), 1)
    assert.ok((worker.values.get('ocr_store_written_bytes_total') ?? 0) > 10_000)
    assert.ok((worker.values.get('ocr_store_read_bytes_total') ?? 0) > 10_000)
    const submitted = 'ocr_documents_submitted_total{dialect="v1",engine="paddle"}'
    assert.equal(api.values.get(submitted), ids.length)
    assert.equal(api.values.get('ocr_temporal_up'), 1)
    assert.equal(api.values.get('ocr_queue_pollers{queue="ocr-cpu",kind="activity"}'), 1)
  })

  it('keeps ids, names and texts out of labels', () => {
    for (const { text } of [api, worker])
      assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-|canary|marked\.pdf|stub page|\/tmp/)
  })

  it('puts the document on every line of an activity, and the page where there is one', () => {
    const lines = activityLines(stack)

    for (const line of lines) assert.ok(ids.includes(String(line['documentId'])), show(line))
    const pages = lines.filter(({ activityType }) => activityType === 'recognizePage')
    assert.deepEqual(new Set(pages.map(({ pageNumber }) => pageNumber)), new Set([1, 2, 3]))
    for (const line of pages)
      assert.partialDeepStrictEqual(line, { engine: 'paddle', attempt: 1, msg: 'activity done' })
    const failed = lines.find(({ code }) => code === 'CORRUPT_PDF')
    assert.equal(failed?.['documentId'], ids[1])
    assert.equal(failed?.['level'], 30)
  })

  it('puts the request on every line of one, and the document where it concerns one', () => {
    const lines = linesOf(stack.api.log()).filter(({ msg }) => msg === 'request')

    for (const line of lines) assert.equal(typeof line['requestId'], 'string', show(line))
    const ofDocuments = lines.filter(({ route }) => route === '/v1/documents/:id')
    assert.ok(ofDocuments.length > 0)
    for (const line of ofDocuments) assert.ok(ids.includes(String(line['documentId'])), show(line))
  })

  it('writes no name and no text of a document into a log', () => {
    for (const part of [stack.api, stack.worker])
      assert.doesNotMatch(part.log(), /canary-name|marked\.pdf|stub page/)
  })
})

/** Names of ours and of the SDK that a text mentions. */
function metricNamesIn(text: string): Set<string> {
  const own = text.match(/\bocr_[a-z0-9_]*[a-z0-9]\b/g) ?? []
  const others = text.match(
    /\b(?:temporal|process|nodejs)_[a-z0-9_]+_(?:total|available|bytes|seconds(?:_bucket)?)\b/g,
  )
  return new Set([...own, ...(others ?? [])])
}

/** What was logged in activities; of one document, or of all. */
function activityLines(stack: Stack, documentId: string | null = null): LogLine[] {
  return linesOf(stack.worker.log()).filter(
    (line) =>
      line['activityType'] !== undefined &&
      (documentId === null || line['documentId'] === documentId),
  )
}

/** The lines of a log; its first one may be cut. */
function linesOf(log: string): LogLine[] {
  return log
    .split('\n')
    .slice(1)
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line): LogLine => JSON.parse(line))
}

function show(line: LogLine): string {
  return JSON.stringify(line)
}
