import type { DocumentsApi } from '../../web/src/api/documents-api.ts'
import type { LiveListener, LiveTransport } from '../../web/src/live/live-source.ts'
import type { DocumentView, PageCounts } from '../../web/src/model.ts'

/** A document of the page: 3 pages, of which one was read. */
export function documentView(changes: Partial<DocumentView> = {}): DocumentView {
  return {
    id: 'a',
    state: 'processing',
    engine: 'ocr',
    fileName: 'a.pdf',
    mediaType: 'pdf',
    sizeBytes: 100,
    createdAtMs: 1_000,
    startedAtMs: 2_000,
    endedAtMs: null,
    pages: { total: 3, done: 1, ok: 1, empty: 0, degraded: 0, failed: 0 },
    marks: 'o..',
    selection: null,
    running: [],
    failedPages: [],
    failure: null,
    queuedReason: null,
    runUrl: null,
    hasResults: false,
    ...changes,
  }
}

/** Counts of pages: none, but for those that are told. */
export function pageCounts(known: Partial<PageCounts> = {}): PageCounts {
  return { total: 0, done: 0, ok: 0, empty: 0, degraded: 0, failed: 0, ...known }
}

/** A transport that does what a test says. */
export type ScriptedTransport = LiveTransport & {
  /** Every time that it was opened, the latest last. */
  readonly opened: {
    readonly listener: LiveListener
    followed: ReadonlySet<string>
    isClosed: boolean
  }[]
  /** The latest of them. */
  latest(): ScriptedTransport['opened'][number]
}

/** A transport that is neither up nor down until the test says so. */
export function scriptedTransport(name: LiveTransport['name']): ScriptedTransport {
  const opened: ScriptedTransport['opened'] = []
  return {
    name,
    opened,
    latest() {
      const last = opened.at(-1)
      if (last === undefined) throw new Error(`${name} was not opened`)
      return last
    },
    open(listener) {
      const one: ScriptedTransport['opened'][number] = {
        listener,
        followed: new Set(),
        isClosed: false,
      }
      opened.push(one)
      return {
        follow(ids) {
          one.followed = ids
        },
        close() {
          one.isClosed = true
        },
      }
    },
  }
}

/** An API without documents, of which a test replaces what it needs. */
export function fakeDocumentsApi(changes: Partial<DocumentsApi> = {}): DocumentsApi {
  const unexpected = (): Promise<never> => Promise.reject(new Error('not expected by the test'))
  return {
    can: { takeUrls: true, chooseEngine: true, choosePages: true, remove: true, runAgain: true },
    logIn: null,
    logOut: unexpected,
    config: () =>
      Promise.resolve({
        version: '1',
        title: 'test',
        maxUploadBytes: 1,
        maxPages: 1,
        accept: '',
        engines: [],
        languages: [],
        caller: null,
        temporalUiUrl: null,
      }),
    session: () => Promise.resolve(null),
    list: () => Promise.resolve({ documents: [], nextCursor: null }),
    get: () => Promise.resolve(null),
    submit: unexpected,
    cancel: unexpected,
    remove: unexpected,
    runAgain: unexpected,
    page: () => Promise.resolve(null),
    pageImageUrl: () => null,
    resultUrl: () => '',
    result: unexpected,
    live: () => Promise.resolve({ transports: [scriptedTransport('websocket')] }),
    ...changes,
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
