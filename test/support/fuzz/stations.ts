import type { AppDeps } from '../../../src/api/app-deps.ts'
import { createApp } from '../../../src/api/app.ts'
import type { GpuStatus } from '../../../src/api/gpu-status.ts'
import { resultKey } from '../../../src/storage/object-keys.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { testApiConfig } from '../api-config.ts'
import { compatApp } from '../compat-app.ts'
import { sampleDocumentId } from '../document-status.ts'
import { LOADED } from '../deepseek-api.ts'
import { startTestApi, type TestApi, type TestApiOptions } from '../test-api.ts'
import type { Expectation } from './check-answer.ts'
import { layDocuments } from './fuzz-documents.ts'
import { mountsOfMain, mountsOfPort, type Mount } from './mounts.ts'
import type { Knowledge } from './request-arbitrary.ts'

/** An application in one state, to be asked. */
export type Station = AsyncDisposable & {
  readonly api: TestApi
  readonly mounts: readonly Mount[]
  readonly knowledge: Knowledge
  readonly expectation: Expectation
}

/** How to start each. */
export type StationName = keyof typeof STATIONS

type StationOptions = {
  readonly port: 'main' | 5000 | 8031 | 54188
  readonly gpu: GpuStatus
  readonly isDown?: boolean
  readonly requiresLogin?: boolean
  readonly mayFailWith: Expectation['mayFailWith']
}

const NO_GPU: GpuStatus = { isReady: false, slots: 0, gpu: null }

const PASSWORD = 'pwd'

/** Every listener, with and without what it depends on. */
export const STATIONS = {
  'the main port': { port: 'main', gpu: LOADED, mayFailWith: { 'RFC 9457': [503] } },
  'the main port without a GPU': {
    port: 'main',
    gpu: NO_GPU,
    mayFailWith: { 'RFC 9457': [503], dots: [500], DeepSeek: [503], 'shared root': [500, 503] },
  },
  'the main port without Temporal': {
    port: 'main',
    gpu: LOADED,
    isDown: true,
    mayFailWith: {
      'RFC 9457': [503],
      'Py OCR': [503],
      dots: [500],
      Qianxia: [503],
      SCNet: [500],
      DeepSeek: [503],
      'shared root': [500, 503],
    },
  },
  'port 5000': { port: 5000, gpu: LOADED, mayFailWith: {} },
  'port 8031': { port: 8031, gpu: LOADED, mayFailWith: {} },
  'port 54188, with login': { port: 54188, gpu: NO_GPU, requiresLogin: true, mayFailWith: {} },
} as const satisfies Record<string, StationOptions>

/** Starts an application whose gateway has documents in every state. */
export async function startStation(name: StationName): Promise<Station> {
  const options: StationOptions = STATIONS[name]
  let mounts: readonly Mount[] = []
  const { qianxia } = testApiConfig()
  const api = await startTestApi({
    gpuStatus: async () => options.gpu,
    api: { qianxia: { ...qianxia, requiresLogin: options.requiresLogin ?? false } },
    createApp: (deps) => {
      const { port } = options
      mounts = port === 'main' ? mountsOfMain(deps) : mountsOfPort(port, deps)
      return appOf(port, deps)
    },
  } satisfies TestApiOptions)
  const session = options.port === 54188 ? await logIn(api) : null
  await layDocuments(api, session?.userId ?? null)
  if (options.isDown === true)
    api.gateway.failure = new OcrError('SERVICE_UNAVAILABLE', 'Cannot reach Temporal: it is down')
  return {
    api,
    mounts,
    knowledge: {
      password: PASSWORD,
      cookie: session?.cookie ?? null,
      signedPath: await signedPathOf(api),
    },
    expectation: { mayFailWith: options.mayFailWith },
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}

async function signedPathOf({ store }: TestApi): Promise<string> {
  const signed = await store.signedGetUrl(resultKey(sampleDocumentId(), 'text'), {
    ttlSeconds: 3_600,
    fileName: 'a.txt',
    origin: 'http://127.0.0.1',
  })
  const { pathname, search } = new URL(signed)
  return pathname + search
}

function appOf(port: StationOptions['port'], deps: AppDeps): ReturnType<typeof createApp> {
  return port === 'main' ? createApp(deps) : compatApp(port)(deps)
}

async function logIn(api: TestApi): Promise<{ cookie: string; userId: string }> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'fuzzer', password: 'fuzzer 1' }),
  }
  await api.fetch('/api/auth/register', init)
  const answer = await api.fetch('/api/auth/login', init)
  const { data } = (await answer.json()) as { data: { user_id: string } } // as documented
  const [cookie = ''] = answer.headers.getSetCookie().map((line) => line.split(';')[0])
  return { cookie, userId: data.user_id }
}
