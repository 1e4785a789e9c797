import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../scripts/temporal/ports.ts'
import { dumpTemporal } from '../support/dump-temporal.ts'
import { createFakeOpenai } from '../support/fakes/fake-openai.ts'
import { textReply, type FakeReply } from '../support/fakes/fake-reply.ts'
import { sentPng } from '../support/fakes/sent-png.ts'
import { markedDocument } from '../support/marked-document.ts'
import { readPageNumber } from '../support/read-page-number.ts'
import { serve } from '../support/serve.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { until } from '../support/until.ts'

/**
 * Words that may be nowhere but where their owner put them. Each is planted below, and the last test
 * fails when one was never planted.
 */
const CANARIES = {
  fileName: 'canary-name-91f3',
  pageText: 'canary-text-5b20',
  serverSaid: 'canary-said-c7d4',
  urlPath: 'canary-path-20ac',
  urlToken: 'canary-token-3e19',
  urlUser: 'canary-user-77b1',
  pdfPassword: 'canary-pdf-word-6d02',
  idempotencyKey: 'canary-idem-8aa0',
  ownKey: 'canary-key-f10e2c7a9b3d4455',
  wrongKey: 'canary-wrong-key-19c6',
  modelKey: 'canary-model-key-d5e7',
  pathPassword: 'canary-path-word-0b9d',
  accountName: 'canary-account-4c31',
  accountPassword: 'canary-account-word-e8f6',
  prompt: 'canary-prompt-a23b',
  callbackToken: 'canary-callback-d8c0',
  webhookSecret: Buffer.from('canary-webhook-secret-61ab').toString('base64'),
  body: 'canary-body-7f58',
} as const

type Canary = keyof typeof CANARIES

/** Documents that end in a way of their own; the page decides what the model server does. */
const REFUSED_PAGE = 2
const ECHO_PAGE = 3

describe('words of callers', () => {
  let stack: Stack
  const resources = new AsyncDisposableStack()
  const planted = new Set<Canary>()
  /** Bodies of answers that told a failure. */
  const refusals: string[] = []
  const ids: string[] = []
  let metricsPorts: readonly number[] = []

  const plant = (name: Canary): string => {
    planted.add(name)
    return CANARIES[name]
  }
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (!headers.has('x-api-key')) headers.set('x-api-key', plant('ownKey'))
    const response = await fetch(stack.url + path, { ...init, headers, redirect: 'manual' })
    if (response.status >= 400) refusals.push(await response.clone().text())
    return response
  }
  const asJson = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const formOf = (name: string, fields: Readonly<Record<string, string>> = {}): RequestInit => {
    const form = new FormData()
    for (const [field, value] of Object.entries(fields)) form.append(field, value)
    form.append('file', new Blob([new Uint8Array(markedDocument(ECHO_PAGE, 2))]), name)
    return { method: 'POST', body: form }
  }
  const noteId = async (answer: Response): Promise<void> => {
    const { id } = (await answer.json()) as { id: string }
    assert.equal(answer.status, 202)
    ids.push(id)
  }

  before(async () => {
    const files = resources.use(
      await serve((request, response) => {
        if (request.url?.includes('gone')) response.writeHead(404).end(plant('serverSaid'))
        else response.end(markedDocument(1, 2))
      }),
    )
    const llm = resources.use(
      await createFakeOpenai({
        apiKey: CANARIES.modelKey,
        reply: async (body): Promise<FakeReply> => {
          const page = await readPageNumber(sentPng(body))
          const error = { message: `${CANARIES.serverSaid}: ${JSON.stringify(body).slice(0, 500)}` }
          if (page === REFUSED_PAGE) return { kind: 'status', status: 400, body: { error } }
          if (page === ECHO_PAGE) return { kind: 'status', status: 422, body: { error } }
          return textReply(plant('pageText'))
        },
      }),
    )
    metricsPorts = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
    const [apiPort, workerPort] = metricsPorts
    const hash = createHash('sha256').update(CANARIES.ownKey).digest('hex')
    stack = resources.use(
      await startStack({
        stubDelayMs: null,
        env: {
          OCR_LOG_LEVEL: 'debug',
          OCR_LLM_BASE_URL: llm.url,
          OCR_LLM_API_KEY: plant('modelKey'),
          OCR_LLM_MODEL: 'fake-vision',
          OCR_ALLOWED_URL_HOSTS: new URL(files.url).host,
          OCR_ALLOWED_WEBHOOK_HOSTS: new URL(files.url).host,
          OCR_API_KEYS: `tester:${hash}`,
          OCR_WEBHOOK_SECRET: `whsec_${plant('webhookSecret')}`,
          OCR_WEBHOOK_RETRY_S: '1',
          PASSWORD: plant('pathPassword'),
          OCR_METRICS_PORT: String(apiPort),
        },
        workerEnv: { OCR_METRICS_PORT: String(workerPort) },
      }),
    )
    await sendDocuments(files.url)
    await sendNonsense(files.url)
    await useQianxia()
    await until(
      async () => {
        const states = await Promise.all(
          ids.map(async (id) => {
            const answer = await send(`/v1/documents/${id}`)
            return ((await answer.json()) as { status: string }).status
          }),
        )
        return states.every((state) => ['completed', 'failed', 'cancelled'].includes(state))
      },
      'all documents have ended',
      120_000,
    )
  })
  after(() => resources.disposeAsync())

  async function sendDocuments(filesUrl: string): Promise<void> {
    const named = formOf(`${plant('fileName')}.pdf`, {
      engine: 'llm',
      callback_url: `${filesUrl}/hook/gone?token=${plant('callbackToken')}`,
      password: plant('pdfPassword'),
    })
    const headers = { 'idempotency-key': plant('idempotencyKey') }
    await noteId(await send('/v1/documents', { ...named, headers }))
    for (const path of ['kept', 'gone']) {
      const url = `${filesUrl}/${path}/${plant('urlPath')}.pdf?token=${plant('urlToken')}`
      await noteId(await send('/v1/documents', asJson({ url, engine: 'llm' })))
    }
    const file = formOf(`${CANARIES.fileName}.pdf`)
    assert.equal((await send('/pyocr/api/upload', file)).status, 200)
  }

  async function sendNonsense(filesUrl: string): Promise<void> {
    const withUser = filesUrl.replace('//', `//${plant('urlUser')}:secret@`)
    await send('/v1/documents', asJson({ url: `${withUser}/${CANARIES.urlPath}` }))
    await send('/v1/documents', asJson({ url: `http://10.0.0.1/${CANARIES.urlToken}` }))
    await send(
      '/v1/documents',
      asJson({ url: filesUrl, engine: plant('body'), pages: CANARIES.body }),
    )
    await send('/v1/documents', { ...asJson({}), body: `{"url": "${CANARIES.body}` })
    await send('/pyocr/api/status/batch', { ...asJson({}), body: `[${CANARIES.body}` })
    await send('/dots/ocr', asJson({ image_format: 'path', image: `/${CANARIES.urlPath}` }))
    await send('/scnet/api/llm/v1/ocrdoc/submit', {
      ...asJson({ file_url: `http://10.0.0.1/${CANARIES.urlToken}` }),
      headers: {
        'content-type': 'application/json',
        'x-api-key': '',
        authorization: `Bearer ${CANARIES.wrongKey}`,
      },
    })
    const question = new FormData()
    question.append('file', new Blob([new Uint8Array([137, 80, 78, 71])]), CANARIES.fileName)
    question.append('prompt', plant('prompt'))
    await send('/deepseek/ocr', { method: 'POST', body: question })
    const refused = await send('/v1/documents', { headers: { 'x-api-key': plant('wrongKey') } })
    assert.equal(refused.status, 401)
  }

  async function useQianxia(): Promise<void> {
    const account = { username: plant('accountName'), password: plant('accountPassword') }
    await send('/qianxia/api/auth/register', asJson(account))
    const login = await send('/qianxia/api/auth/login', asJson(account))
    assert.equal(login.status, 200)
    const cookie = login.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
    await send('/qianxia/api/auth/login', asJson({ ...account, password: CANARIES.wrongKey }))
    const below = `/qianxia/${CANARIES.pathPassword}`
    const file = formOf(`${CANARIES.fileName}.pdf`)
    const taken = await send(`${below}/api/tasks/pdf`, { ...file, headers: { cookie } })
    assert.equal(taken.status, 200)
    await send(`${below}/api/tasks/${CANARIES.body}`, { headers: { cookie } })
  }

  function assertSilent(where: string, text: string): void {
    for (const [name, word] of Object.entries(CANARIES)) {
      const place = text.indexOf(word)
      const around = text.slice(Math.max(0, place - 200), place + 100)
      assert.equal(place, -1, `${where} has ${name}: …${around}…`)
    }
  }

  it('are not in the log of the api, not even at debug', () => {
    assertSilent('the log of the api', stack.api.log())
  })

  it('are not in the log of the worker, not even at debug', () => {
    assert.ok(stack.worker.log().includes('"documentId"'))
    assertSilent('the log of the worker', stack.worker.log())
  })

  it('are not in any history, memo, search attribute, summary or schedule', async () => {
    const { texts } = await dumpTemporal(stack.client)

    assert.ok(ids.every((id) => [...texts.keys()].some((key) => key.includes(id))))
    // Payloads are looked into.
    assert.ok([...texts.values()].some((text) => text.includes('pagesPerRasterBatch')))
    for (const [run, text] of texts) assertSilent(run, text)
  })

  it('are not in the metrics', async () => {
    for (const port of metricsPorts) {
      const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
      const text = await answer.text()
      assert.ok(text.includes('ocr_'))
      assertSilent(`the metrics on port ${port}`, text)
    }
  })

  it('are not in what requests are refused with', () => {
    assert.ok(refusals.length >= 8, `${refusals.length} refusals`)
    for (const body of refusals) assertSilent('a refusal', body)
  })

  it('were all planted', () => {
    assert.deepEqual(Object.keys(CANARIES).toSorted(), [...planted].toSorted())
  })
})
