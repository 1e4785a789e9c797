import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { loadConfig } from '../../src/config/config.ts'
import {
  fencedBlocks,
  scnetSamples,
  withIndentation,
} from '../support/client-programs/code-blocks.ts'
import {
  DOCUMENTS,
  NO_DOCUMENTS,
  readDocument,
  type DocumentName,
} from '../support/client-programs/documents.ts'
import { EXPECTATIONS, type Expectation } from '../support/client-programs/expectations.ts'
import { missingInterpreter, runProgram } from '../support/client-programs/run-program.ts'
import { programsOf } from '../support/client-programs/shell-commands.ts'
import type { CodeBlock } from '../support/client-programs/code-blocks.ts'
import { startFakeEngines } from '../support/fakes/fake-engines.ts'
import { markedDocument } from '../support/marked-document.ts'
import { markedPage } from '../support/marked-page.ts'
import { readJson } from '../support/read-json.ts'
import { serve, type TestServer } from '../support/serve.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

const PASSWORD = 'your-password'
const LANGUAGES = ['bash', 'shell', 'python', 'javascript', 'go', '']
const SAMPLE_ID = '550e8400-e29b-41d4-a716-446655440000'
const MINUTE_MS = 60_000

/** The programs of a document; where a document calls one a file of its own, it lies there. */
function programsIn(name: DocumentName): CodeBlock[] {
  const text = readDocument(name)
  const blocks = name === 'scnet' ? scnetSamples(text) : fencedBlocks(text)
  return blocks
    .filter(({ language }) => LANGUAGES.includes(language))
    .filter(({ language }) => language !== '' || name === 'deepseek')
    .flatMap(programsOf)
    .map(({ language, code }) => ({
      language,
      code: name === 'scnet' && language === 'python' ? withIndentation(code) : code,
    }))
}

describe('the client programs of the documents', { skip: NO_DOCUMENTS }, () => {
  const resources = new AsyncDisposableStack()
  let stack: Stack
  let files: TestServer
  let directory = ''
  let image = Buffer.alloc(0)
  let savedResult = ''

  before(async () => {
    directory = resources.use(await mkdtempDisposable(join(tmpdir(), 'clients-'))).path
    image = Buffer.from((await markedPage(3)).png)
    await mkdir(join(directory, 'pictures'))
    for (const name of ['pictures/image.png', 'image.png', 'document.png'])
      await writeFile(join(directory, name), image)
    await writeFile(join(directory, 'test.pdf'), markedDocument(2))
    files = resources.use(await serve((_req, res) => res.end(markedDocument(2))))
    const fakes = resources.use(await startFakeEngines())
    stack = resources.use(
      await startStack({
        stubDelayMs: null,
        env: {
          ...fakes.env,
          PASSWORD,
          DOTS_PATH_ROOTS: join(directory, 'pictures'),
          OCR_ALLOWED_URL_HOSTS: `127.0.0.1:${files.port}`,
        },
      }),
    )
    await until(areModelsReady, 'the models are ready', MINUTE_MS)
    savedResult = await saveResult()
  })
  after(() => resources.disposeAsync())

  for (const name of Object.keys(DOCUMENTS) as DocumentName[]) {
    const programs = NO_DOCUMENTS ? [] : programsIn(name)

    it(`${name}: every program is known here`, () => {
      assert.equal(programs.length, EXPECTATIONS[name].length)
      for (const [place, { code }] of programs.entries())
        assert.match(code, EXPECTATIONS[name][place]?.about ?? /^$/)
    })

    for (const [place, program] of programs.entries()) {
      const expected = EXPECTATIONS[name][place]
      if (expected === undefined || expected.notRun !== undefined) continue
      it(`${name} ${place + 1}: ${titleOf(program)}`, { timeout: 5 * MINUTE_MS }, async (t) => {
        const missing = await missingInterpreter(program.language)
        if (missing !== null) return t.skip(missing)

        await expectSuccess(name, program, expected)
      })
    }
  }

  it('deepseek: the curl line that cannot work works with --form-string', async () => {
    const line =
      `curl -X POST ${stack.url}/ocr -F "image=@document.png" ` +
      `--form-string 'prompt=<image>\\nFree OCR.' -F "save_to_file=true"`

    const { code, stdout } = await run({ language: 'shell', code: line })

    assert.equal(code, 0, stdout)
    assert.match(stdout, /"success":true/)
  })

  it('qianxia: its file of settings is understood', () => {
    const [settings] = fencedBlocks(readDocument('qianxia')).filter(({ code }) =>
      code.includes('API_BASE_URL='),
    )
    const lines = (settings?.code ?? '').split('\n').filter((line) => /^[A-Z_]+=/.test(line))

    const { api, engines } = loadConfig(
      Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string])),
    )

    assert.equal(api.qianxia.password.reveal(), 'your-custom-password')
    assert.deepEqual(
      [api.qianxia.title, api.qianxia.batchSize, api.qianxia.port],
      ['OCR', 8, 54_188],
    )
    assert.equal(engines.llm?.server.model, 'gpt-4o')
  })

  async function expectSuccess(
    name: DocumentName,
    program: CodeBlock,
    { prints, failsWith, args = [], needs }: Expectation,
  ): Promise<void> {
    const kind = /\/(llm|ocr)\//.exec(program.code)?.[1] ?? ''
    const taskId =
      name === 'pyOcr' && program.code.includes(SAMPLE_ID)
        ? await pyOcrTask(kind, needs !== 'running task')
        : ''
    if (name === 'deepseek' && program.code.startsWith('python api_client.py')) await layApiClient()

    const { code, stdout, stderr } = await run(
      { ...program, code: await substituted(name, program.code, taskId) },
      args,
    )

    assert.equal(code, failsWith ?? 0, `${stdout}\n${stderr}`)
    if (prints !== undefined) assert.match(stdout, prints)
  }

  const run = (program: CodeBlock, args: readonly string[] = []) =>
    runProgram(program, directory, args)

  /** Puts our host, key, files and ids in the place of the document's. */
  async function substituted(name: DocumentName, code: string, taskId: string): Promise<string> {
    const here = code
      .replaceAll(/http:\/\/localhost:(?:5000|8031|54188)/g, stack.url)
      .replaceAll('https://api.scnet.cn', stack.url)
      .replaceAll(/https:\/\/oss\.ksai\.scnet\.cn:58043\/ocr\/doc\/x+/g, `${files.url}/a.pdf`)
      .replaceAll('<API Key>', 'a-key')
      .replaceAll('/path/to/image.jpg', join(directory, 'pictures', 'image.png'))
      .replaceAll('/path/to/image.png', join(directory, 'image.png'))
      .replaceAll(/iVBORw0KGgo[A-Za-z0-9]*\.\.\./g, image.toString('base64'))
      .replaceAll('ocr_result_20250127_143022.txt', savedResult)
      .replaceAll('python api_client.py', 'python3 api_client.py')
    if (name === 'pyOcr') return here.replaceAll(SAMPLE_ID, taskId)
    if (name === 'qianxia') return here.replaceAll('{task_id}', await qianxiaTask())
    if (name !== 'scnet' || !here.includes('task_ids')) return here
    const ids = [await scnetTask(), await scnetTask()]
    return here
      .replaceAll('2056706028668284929', ids[0] ?? '')
      .replaceAll('2056703208598626305', ids[1] ?? '')
  }

  async function areModelsReady(): Promise<boolean> {
    const answers = await Promise.all(
      ['dots', 'deepseek'].map(async (dialect) => {
        const response = await fetch(`${stack.url}/${dialect}/health`)
        return response.status === 200 && (await readJson(response)).model_loaded === true
      }),
    )
    return answers.every(Boolean)
  }

  async function saveResult(): Promise<string> {
    const form = new FormData()
    form.set('image', new Blob([image]), 'a.png')
    const response = await fetch(`${stack.url}/deepseek/ocr`, { method: 'POST', body: form })
    const body = await readJson(response)
    assert.equal(response.status, 200, JSON.stringify(body))
    return body.output_file
  }

  /** A task of a kind that has completed, or one that will be at work for long. */
  async function pyOcrTask(kind: string, isCompleted: boolean): Promise<string> {
    const base = kind === '' ? `${stack.url}/api` : `${stack.url}/api/${kind}`
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(markedDocument(isCompleted ? 2 : 45))]), 'a.pdf')
    const uploaded = await readJson(await fetch(`${base}/upload`, { method: 'POST', body: form }))
    const taskId = String(uploaded.task_id)
    if (!isCompleted) return taskId
    await until(
      async () => (await readJson(await fetch(`${base}/status/${taskId}`))).status === 'completed',
      'the task is completed',
      2 * MINUTE_MS,
    )
    return taskId
  }

  async function qianxiaTask(): Promise<string> {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(markedDocument(2))]), 'a.pdf')
    const url = `${stack.url}/${PASSWORD}/api/tasks/pdf`
    const { task_id: taskId } = await readJson(await fetch(url, { method: 'POST', body: form }))
    await until(
      async () => {
        const row = await readJson(await fetch(`${stack.url}/${PASSWORD}/api/tasks/${taskId}`))
        return row.data?.status === 'completed'
      },
      'the task is completed',
      2 * MINUTE_MS,
    )
    return taskId
  }

  async function scnetTask(): Promise<string> {
    const headers = { Authorization: 'Bearer a-key', 'Content-Type': 'application/json' }
    const base = `${stack.url}/api/llm/v1/ocrdoc`
    const body = JSON.stringify({ file_url: `${files.url}/a.pdf` })
    const submitted = await readJson(
      await fetch(`${base}/submit`, { method: 'POST', headers, body }),
    )
    const taskId: string = submitted.data.output.task_id
    await until(
      async () => {
        const result = await readJson(await fetch(`${base}/result?taskId=${taskId}`, { headers }))
        return result.output?.taskStatus === 'SUCCEEDED'
      },
      'the task has succeeded',
      2 * MINUTE_MS,
    )
    return taskId
  }

  /** "Save this as `api_client.py`". */
  async function layApiClient(): Promise<void> {
    const client = programsIn('deepseek').find(({ code }) => code.includes('API Client Example'))
    assert.ok(client !== undefined)
    const code = await substituted('deepseek', client.code, '')
    await writeFile(join(directory, 'api_client.py'), code)
  }
})

function titleOf({ language, code }: CodeBlock): string {
  const line = code.split('\n').find((text) => /\w/.test(text) && !/^import |^#!/.test(text)) ?? ''
  return `${language}, ${line.slice(0, 70)}`
}
