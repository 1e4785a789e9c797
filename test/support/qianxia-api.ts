import type { QianxiaConfig } from '../../src/config/dialects-config.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { PageRecord } from '../../src/contract/page.ts'
import { testApiConfig } from './api-config.ts'
import { ALICE } from './api-keys.ts'
import { completedStatus, sampleStatus } from './document-status.ts'
import { readJson } from './read-json.ts'
import { startTestApi, type TestApi, type TestApiOptions } from './test-api.ts'

/** An application with the Qianxia dialect below `/qianxia/pwd`. */
export type QianxiaApi = TestApi & {
  /** Asks below the path password and reads the JSON. */
  call(path: string, init?: RequestInit): Promise<QianxiaAnswer>
}

/** An answer with its body read. */
export type QianxiaAnswer = {
  readonly status: number
  readonly headers: Headers
  // As untyped as JSON.parse gives it.
  readonly body: Awaited<ReturnType<typeof readJson>>
}

/** What a test may set. */
export type QianxiaApiOptions = TestApiOptions & { readonly qianxia?: Partial<QianxiaConfig> }

/** Serves the dialect with a fake gateway. */
export async function startQianxiaApi(options: QianxiaApiOptions = {}): Promise<QianxiaApi> {
  const { qianxia } = testApiConfig()
  const config = { ...qianxia, ...options.qianxia }
  const api = await startTestApi({ ...options, api: { ...options.api, qianxia: config } })
  return {
    ...api,
    async call(path, init) {
      const response = await api.fetch(`/qianxia/${config.password.reveal()}${path}`, init)
      return { status: response.status, headers: response.headers, body: await readJson(response) }
    },
  }
}

/** Somebody who has registered and logged in. */
export type Member = { readonly cookie: string; readonly owner: string }

/** Registers a user and logs him in; the first one of an api is its admin. */
export async function join(api: TestApi, username: string): Promise<Member> {
  const body = JSON.stringify({ username, password: 'secret-1' })
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
  // Where keys are needed it takes one.
  const headers = { ...init.headers, ...ALICE.headers }
  await api.fetch('/qianxia/api/auth/register', { ...init, headers })
  const response = await api.fetch('/qianxia/api/auth/login', init)
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  return { cookie, owner: `qianxia:${(await readJson(response)).data.user_id}` }
}

/** A task of four pages: the first two are read, the third is under way. */
export function sampleTask(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return sampleStatus({
    dialect: 'qianxia',
    engine: 'llm',
    marks: 'od..',
    pagesUnderWay: [{ page: 3, attempt: 2, lastFailure: 'ENGINE_TIMED_OUT' }],
    ...changes,
  })
}

/** A task whose four pages were read. */
export function completedTask(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return completedStatus({ dialect: 'qianxia', engine: 'llm', ...changes })
}

/** A page that was read within two seconds of the sample task. */
export function samplePage(page: number, changes: Partial<PageRecord> = {}): PageRecord {
  const startedAtMs = Date.parse('2024-03-07T10:00:10.000Z')
  return {
    page,
    outcome: 'ok',
    engine: 'llm',
    widthPx: 1654,
    heightPx: 2339,
    dpi: 200,
    text: `第 ${page} 页`,
    markdown: `# 第 ${page} 页\n\n"$x^2$"`,
    markup: 'markdown',
    blocks: [],
    warnings: [],
    usage: null,
    reading: { startedAtMs, endedAtMs: startedAtMs + 2_000, attempt: 2 },
    ...changes,
  }
}

/** Lays the pages of a task into the gateway. */
export function layPages(api: QianxiaApi, task: DocumentStatus, pages: readonly number[]): void {
  for (const page of pages) api.gateway.pages.set(`${task.documentId}/${page}`, samplePage(page))
}
