import assert from 'node:assert/strict'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { z } from 'zod'
import { freePort } from '../../scripts/temporal/ports.ts'
import {
  untilSaid,
  type BlockEnd,
  type BlockRun,
} from '../support/documented-commands/block-run.ts'
import { COVERAGE, DOCUMENTED_COMMANDS } from '../support/documented-commands/coverage.ts'
import { copyProduct, type ProductCopy } from '../support/documented-commands/product-copy.ts'
import { configOf } from '../support/documented-commands/settings-block.ts'
import { shellBlocks } from '../support/documented-commands/shell-blocks.ts'
import { startFakeEngines } from '../support/fakes/fake-engines.ts'
import { markedDocument } from '../support/marked-document.ts'
import { markedPage } from '../support/marked-page.ts'
import { commandLine } from '../support/processes.ts'
import { serve } from '../support/serve.ts'
import { readStatus, statusOf, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

const MINUTE_MS = 60_000
const LONG_DOCUMENT_PAGES = 16
const SAMPLE_CHINESE = /每一份上传的文档/
const SAMPLE_ENGLISH = /Every uploaded document is one workflow/

const submitted = z.object({ id: z.string(), status: z.string() })
const pageNumbers = z.object({ pages: z.array(z.object({ page: z.number() })) })

/*
 * The commands of the documents, read out of them and run as they stand there, in a copy of the
 * product as after `git clone`. Only addresses are replaced, by those of this test.
 */
describe('the commands of the documents', () => {
  const resources = new AsyncDisposableStack()
  const tried = new Set<string>()
  let product: ProductCopy
  let running: BlockRun

  before(async () => {
    const fakes = resources.use(await startFakeEngines())
    const elsewhere = resources.use(await serve((_, response) => response.end(markedDocument(2))))
    product = resources.use(
      await copyProduct({
        settings: {
          ...fakes.env,
          OCR_COMPAT_PORTS: '',
          OCR_CPU_SLOTS: '2',
          OCR_METRICS_PORT: 'off',
          OCR_SDK_METRICS_PORT: 'off',
          OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${elsewhere.port}`,
        },
        addresses: { 'https://example.com': elsewhere.url },
      }),
    )
    const inCopy = (name: string) => join(product.directory, name)
    for (const folder of ['scans', 'invoices', 'inbox']) await mkdir(inCopy(folder))
    for (const name of ['scan.pdf', 'scans/a.pdf', 'invoices/b.pdf', 'inbox/c.pdf'])
      await copyFile(inCopy('samples/sample.pdf'), inCopy(name))
    await writeFile(inCopy('a-long-document.pdf'), markedDocument(LONG_DOCUMENT_PAGES))
    await writeFile(inCopy('document.png'), (await markedPage(3)).png)
  })
  after(() => resources.disposeAsync())

  /** The block of a document with this text in it, which the table gives to this test. */
  function block(document: string, has: string): string {
    const row = COVERAGE[document]?.find((candidate) => candidate.has === has)
    assert.ok(row && 'test' in row && row.test === DOCUMENTED_COMMANDS, `${document}: ${has}`)
    tried.add(`${document}: ${has}`)
    return shellBlocks(document).find((code) => code.includes(has)) ?? assert.fail(has)
  }

  async function run(code: string): Promise<BlockEnd> {
    const end = await (await product.start(code)).ended
    assert.equal(end.exitCode, 0, `${code}\n${end.stdout}\n${end.stderr}`)
    return end
  }

  const inCopy = (name: string): Promise<string> => readFile(join(product.directory, name), 'utf8')

  /** Starts `npm start`, and waits until it says how to go on. */
  async function startProduct(code: string): Promise<BlockRun> {
    const started = await product.start(code)
    await untilSaid(started, 'Ctrl-C ends everything')
    return started
  }

  async function untilSomePagesAreDone(url: string, id: string): Promise<void> {
    await until(
      async () => ((await readStatus(url, id))?.pages.done ?? 0) >= 2,
      'some pages are done',
      2 * MINUTE_MS,
    )
  }

  it('npm start -- --sample reads a Chinese and an English page, and ends', async () => {
    const { stdout } = await run(block('README.md', 'npm start -- --sample'))

    assert.match(stdout, SAMPLE_CHINESE)
    assert.match(stdout, SAMPLE_ENGLISH)
    assert.deepEqual(product.processes(), [])
  })

  it('npm ci && npm start brings page, API and Temporal UI, and says where they are', async () => {
    running = await startProduct(block('README.md', 'npm ci && npm start'))

    const page = await fetch(product.url, { headers: { accept: 'text/html' } })
    const api = await fetch(`${product.url}/docs`)
    const [, ui = ''] = /Temporal UI +(http\S+)/.exec(running.said()) ?? []
    const temporal = await fetch(ui)

    assert.match(running.said(), new RegExp(`Page +${product.url}/`))
    assert.match(await page.text(), /<script type="module"/)
    assert.deepEqual([page.status, api.status, temporal.status], [200, 200, 200])
    await Promise.all([api.body?.cancel(), temporal.body?.cancel()])
  })

  it('curl sends the sample', async () => {
    const { stdout } = await run(block('README.md', 'curl -F file=@samples/sample.pdf'))

    const { id } = submitted.parse(JSON.parse(stdout))
    assert.equal((await waitForEnd(product.url, id)).status, 'completed')
  })

  it('curl asks for status, events, a page and the result', async () => {
    const { stdout } = await run(block('README.md', '/events"'))

    assert.match(stdout, /"status":"completed"/)
    assert.match(stdout, /^event: page$/m)
    assert.match(stdout, /^event: document$/m)
    assert.match(stdout, /"blocks":\[\{"bbox":\[/)
    assert.match(stdout, SAMPLE_CHINESE)
    assert.match(stdout, SAMPLE_ENGLISH)
    assert.match(stdout, /"code":"DOCUMENT_FINISHED"/)
  })

  it('curl names a file that lies elsewhere', async () => {
    const { stdout } = await run(block('README.md', '{"url": '))

    const { id } = submitted.parse(JSON.parse(stdout))
    const { status, pages } = await waitForEnd(product.url, id)
    assert.deepEqual([status, pages.total], ['completed', 2])
  })

  it('durable-ocr writes what it read into a file and into a folder', async () => {
    await run(block('README.md', 'npx durable-ocr scan.pdf -o scan.md'))

    assert.match(await inCopy('scan.md'), SAMPLE_ENGLISH)
    assert.match(await inCopy('texts/a.pdf.md'), SAMPLE_CHINESE)
  })

  it('durable-ocr reads files and folders, and watches one until Ctrl-C', async () => {
    const watching = await product.start(
      block('docs/command-line.md', 'npx durable-ocr inbox/ --watch'),
    )
    await untilSaid(watching, 'c.pdf: done')

    watching.interrupt()
    const { stdout } = await watching.ended

    assert.match(stdout, SAMPLE_ENGLISH)
    assert.match(await inCopy('out.md'), SAMPLE_CHINESE)
    assert.match(await inCopy('texts/b.pdf.txt'), SAMPLE_ENGLISH)
    assert.ok((await readdir(join(product.directory, 'inbox'))).includes('c.pdf.md'))
  })

  it('durable-ocr doctor finds everything in order', async () => {
    const [first, second] = [
      block('README.md', 'npx durable-ocr doctor'),
      block('docs/engines.md', 'npx durable-ocr doctor'),
    ]

    const { stdout } = await run(first)

    assert.equal(first, second)
    for (const name of ['Temporal', 'paddle', 'dots', 'deepseek'])
      assert.match(stdout, RegExp(name))
  })

  it('curl asks DeepSeek with a prompt that begins with <', async () => {
    const code = block('docs/compatibility.md', '--form-string')
    await until(
      async () => (await fetch(`${product.url}/deepseek/health`)).ok,
      'the model is loaded',
      MINUTE_MS,
    )

    const { stdout } = await run(code.replace('http://localhost:8031', `${product.url}/deepseek`))

    assert.match(stdout, /"text":".*Page 3/)
    assert.match(stdout, /"output_file":"ocr_result_/)
  })

  it('npm run start:worker adds a worker beside that of npm start', async () => {
    const text = await inCopy('docs/operations.md')
    const [, command = ''] =
      /`(TEMPORAL_ADDRESS=127\.0\.0\.1:7233 npm run start:worker)`/.exec(text) ?? []
    const server = product
      .processes()
      .map(commandLine)
      .find((line) => line.includes('start-dev'))
    const [, port = ''] = / --port (\d+)/.exec(server ?? '') ?? []

    const worker = await product.start(command.replace('7233', port))
    await untilSaid(worker, 'worker started')
    worker.interrupt()

    await worker.ended
    assert.match(worker.said(), /"documents":/)
  })

  it('goes on when its worker is killed, and the result has every page once and in order', async (test) => {
    const [send = '', kill = ''] = block('README.md', 'pkill').split('\n')
    const { id } = submitted.parse(JSON.parse((await run(send)).stdout))
    await untilSomePagesAreDone(product.url, id)

    await run(kill)
    const killedAtMs = Date.now()
    await untilSaid(running, 'The worker ended (killed by a signal); it is started again')
    const { done } = (await statusOf(product.url, id)).pages
    await until(
      async () => ((await readStatus(product.url, id))?.pages.done ?? 0) > done,
      'the document goes on',
      MINUTE_MS,
    )
    const secondsToGoOn = (Date.now() - killedAtMs) / 1000
    const { status, pages } = await waitForEnd(product.url, id, 4 * MINUTE_MS)
    const result = await fetch(`${product.url}/v1/documents/${id}/result?format=json`)

    test.diagnostic(`it went on ${secondsToGoOn.toFixed(1)} s after the kill`)
    assert.ok(done < LONG_DOCUMENT_PAGES, 'it was killed in the middle of it')
    assert.deepEqual([status, pages.ok], ['completed', LONG_DOCUMENT_PAGES])
    assert.deepEqual(
      pageNumbers.parse(await result.json()).pages.map(({ page }) => page),
      Array.from({ length: LONG_DOCUMENT_PAGES }, (_, place) => place + 1),
    )
  })

  it('ends at Ctrl-C, and the next start goes on with what was in flight, on another port', async () => {
    const [send = ''] = block('README.md', 'pkill').split('\n')
    const other = Buffer.concat([markedDocument(LONG_DOCUMENT_PAGES), Buffer.from('% another\n')])
    await writeFile(join(product.directory, 'a-long-document.pdf'), other)
    const { id } = submitted.parse(JSON.parse((await run(send)).stdout))
    await untilSomePagesAreDone(product.url, id)

    running.interrupt()
    await running.ended
    const left = product.processes()
    const port = await freePort('127.0.0.1')
    const readme = await inCopy('README.md')
    const [, command = ''] = /`(OCR_PORT=9000 npm start)`/.exec(readme) ?? []
    const again = await startProduct(command.replace('9000', String(port)))
    const { status, pages } = await waitForEnd(`http://127.0.0.1:${port}`, id, 4 * MINUTE_MS)
    again.interrupt()
    await again.ended

    assert.deepEqual(left, [])
    assert.deepEqual([status, pages.ok], ['completed', LONG_DOCUMENT_PAGES])
    assert.deepEqual(product.processes(), [])
  })

  it('has settings that the product takes', () => {
    const [service = '', own = ''] = block('docs/engines.md', 'OCR_LLM_BASE_URL=').split('\n\n')
    const engines = (name: string) => configOf(block('docs/engines.md', name)).engines
    const gpu = configOf(block('deploy/gpu/README.md', 'OCR_GPU_SLOTS=32'))

    assert.notEqual(configOf(service).engines.llm, null)
    assert.notEqual(configOf(own).engines.llm, null)
    assert.notEqual(engines('OCR_OLLAMA_URL=').ollama, null)
    assert.notEqual(engines('OCR_DOTS_URL=').dots, null)
    assert.notEqual(engines('OCR_DEEPSEEK_URL=').deepseek, null)
    assert.equal(gpu.temporal.address, 'temporal.internal:7233')
    assert.deepEqual([gpu.engines.dots?.slots, gpu.engines.deepseek?.slots], [32, 32])
  })

  it('has no command that was not tried', () => {
    const given = Object.entries(COVERAGE).flatMap(([document, rows]) =>
      rows
        .filter((row) => 'test' in row && row.test === DOCUMENTED_COMMANDS)
        .map(({ has }) => `${document}: ${has}`),
    )

    assert.deepEqual(
      given.filter((name) => !tried.has(name)),
      [],
    )
  })
})
