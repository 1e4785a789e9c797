import { batch, computed, signal } from '@preact/signals'
import type { DocumentsApi } from '../api/documents-api.ts'
import { asApiError, partOf } from '../api/http.ts'
import type { Connection, ServiceConfig, Session } from '../model.ts'
import type { Library } from './library.ts'
import type { Store } from './store.ts'

/** Documents of other clients appear after so long at the latest. */
const REFRESH_MS = 30_000
/** Without an answer, before it is asked again. */
const OFFLINE_REFRESH_MS = 3_000

/**
 * The store of one API. It asks for the list; what deals with documents, the library, is loaded with the
 * first of them.
 */
export function createStore(api: DocumentsApi): Store {
  const config = signal<ServiceConfig | null>(null)
  const session = signal<Session | null>(null)
  const connection = signal<Connection>('connecting')
  const documents: Library['state']['documents'] = signal(new Map())
  const missing: Library['state']['missing'] = signal(new Set())
  const order = signal<readonly string[]>([])
  const filter = signal<string | null>(null)
  const uploads: Library['state']['uploads'] = signal([])
  const problem: Library['state']['problem'] = signal(null)
  const watched: Library['state']['watched'] = signal([])
  const nextCursor = signal<string | null>(null)
  const isLoading = signal(false)
  const hasMoreFailed = signal(false)
  /** Ids that the service has listed with this filter. */
  const listedIds = new Set<string>()
  const page = globalThis.document
  /** The list was not loaded yet with this filter. */
  let isFirst = true
  let isStarted = false
  let isSessionKnown = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let library: Library | undefined

  /** Runs what may fail. Of silence the connection tells, unless somebody has asked for it. */
  const run = async (work: () => Promise<unknown>, isAsked = false): Promise<void> => {
    try {
      await work()
    } catch (thrown) {
      const error = asApiError(thrown)
      const isRefused =
        (error.status >= 400 && error.status < 500) || error.code === 'PART_NOT_LOADED'
      if (isAsked || isRefused) problem.value = error
      if (!isRefused && !library?.isFollowing()) connection.value = 'offline'
    }
  }
  const openLibrary = async (): Promise<Library> => {
    const { createLibrary } = await partOf(import('./library.ts'))
    const state = { connection, documents, missing, order, filter, uploads, problem, watched }
    library ??= createLibrary({ api, state, run, refresh })
    if (!isStarted) library.close()
    return library
  }
  const loadPage = async (cursor: string | null): Promise<void> => {
    const state = filter.value
    // That the newest are looked at once more is no news.
    const isNext = cursor !== null || isFirst
    if (isNext) isLoading.value = true
    try {
      const list = await api.list({ cursor, state })
      if (!library?.isFollowing()) connection.value = 'live'
      const shelf = list.documents.length > 0 ? await openLibrary() : null
      batch(() => {
        shelf?.take(list.documents)
        if (filter.value !== state) return
        hasMoreFailed.value = false
        // Where the last one was never listed, more have come than one part holds.
        const isGap = !listedIds.has(list.documents.at(-1)?.id ?? '')
        if (cursor === null ? isGap : cursor === nextCursor.value)
          nextCursor.value = list.nextCursor
        for (const { id } of list.documents) listedIds.add(id)
        isFirst = false
      })
    } finally {
      if (filter.value === state) isLoading.value = false
    }
  }
  const refresh = (): void => {
    clearTimeout(timer)
    if (page?.hidden) return
    void run(() => loadPage(null)).then(() => {
      clearTimeout(timer)
      const pauseMs = connection.value === 'offline' ? OFFLINE_REFRESH_MS : REFRESH_MS
      if (isStarted) timer = setTimeout(refresh, pauseMs)
    })
    library?.refresh()
    if (!config.value)
      void run(async () => {
        config.value = await api.config()
      })
    // Who is not logged in stays so while the page is open; quotas change.
    if (!isSessionKnown || session.value?.user)
      void run(async () => {
        session.value = await api.session()
        isSessionKnown = true
      })
  }
  const act = (work: (opened: Library) => unknown): Promise<void> =>
    run(async () => {
      await work(await openLibrary())
    }, true)
  const setFilter = (state: string | null): void => {
    if (filter.value === state) return
    batch(() => {
      filter.value = state
      nextCursor.value = null
    })
    isFirst = true
    listedIds.clear()
    void run(() => loadPage(null), true)
  }

  return {
    api,
    config,
    session,
    connection,
    documents,
    missing,
    order,
    hasMore: computed(() => nextCursor.value !== null),
    isLoading,
    hasMoreFailed,
    filter,
    uploads,
    problem,
    start() {
      isStarted = true
      refresh()
      page?.addEventListener('visibilitychange', refresh)
    },
    close() {
      isStarted = false
      page?.removeEventListener('visibilitychange', refresh)
      clearTimeout(timer)
      library?.close()
    },
    setFilter,
    async loadMore() {
      if (!nextCursor.value || isLoading.value) return
      // Until it is there.
      hasMoreFailed.value = true
      await run(() => loadPage(nextCursor.value), true)
    },
    submit(submissions) {
      if (submissions.length === 0) return
      // What is sent is to be seen.
      if (filter.value !== 'processing') setFilter(null)
      void act((opened) => opened.submit(submissions))
    },
    retryUpload: (key) => void act((opened) => opened.retryUpload(key)),
    dismissUpload: (key) => void act((opened) => opened.dismissUpload(key)),
    dismissProblem() {
      problem.value = null
    },
    cancel: (id) => act((opened) => opened.cancel(id)),
    remove: (id) => act((opened) => opened.remove(id)),
    async runAgain(id) {
      let created: string | null = null
      await act(async (opened) => {
        created = await opened.runAgain(id)
      })
      return created
    },
    watch(id) {
      const one = { id }
      watched.value = [one, ...watched.value]
      void act((opened) => opened.look(id))
      return () => {
        watched.value = watched.value.filter((other) => other !== one)
      }
    },
  }
}
