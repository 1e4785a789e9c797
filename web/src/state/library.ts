import { batch, computed, effect, type Signal } from '@preact/signals'
import { hasEnded } from '../../../src/contract/document-status.ts'
import type { DocumentsApi } from '../api/documents-api.ts'
import { partOf } from '../api/http.ts'
import type { ApiError, Connection, DocumentView, Upload } from '../model.ts'
import type { Actions } from './actions.ts'
import { createDocumentTable, type Merge } from './document-table.ts'
import type { Store } from './store.ts'

/** What the library keeps up to date for the store. */
export type LibraryState = {
  readonly connection: Signal<Connection>
  readonly documents: Signal<ReadonlyMap<string, DocumentView>>
  readonly missing: Signal<ReadonlySet<string>>
  readonly order: Signal<readonly string[]>
  readonly filter: Signal<string | null>
  readonly uploads: Signal<readonly Upload[]>
  readonly problem: Signal<ApiError | null>
  readonly watched: Signal<readonly { readonly id: string }[]>
}

/** What the library works with. */
export type LibraryOptions = {
  readonly api: DocumentsApi
  readonly state: LibraryState
  /** Runs what may fail. */
  readonly run: (work: () => Promise<unknown>) => Promise<void>
  /** Looks at the list again. */
  readonly refresh: () => void
}

/** Everything that deals with documents: loaded with the first one. */
export type Library = Pick<Store, 'cancel' | 'remove' | 'runAgain' | 'close'> & {
  readonly state: LibraryState
  /** Takes in a part of the list. */
  readonly take: (documents: readonly DocumentView[]) => void
  /** Loads a document; never rejects. */
  readonly look: (id: string) => Promise<void>
  /** Looks at what is watched again. */
  readonly refresh: () => void
  readonly isFollowing: () => boolean
  readonly submit: (...args: Parameters<Store['submit']>) => Promise<void>
  readonly retryUpload: (key: string) => Promise<void>
  readonly dismissUpload: (key: string) => Promise<void>
}

/**
 * The library of a store. What follows documents is loaded once there is one to follow, and what acts on
 * them with the first action.
 */
export function createLibrary({ api, state, run, refresh }: LibraryOptions): Library {
  const { connection, documents, missing, watched } = state
  // Before anything is followed, nothing can be known that a list does not tell.
  let merge: Merge = (_known, told) => told
  const table = createDocumentTable(state, (known, told) => merge(known, told))
  const watchedIds = computed(() => watched.value.map(({ id }) => id))
  let isClosed = false
  let actions: Actions | undefined
  /** `null`: nothing is followed yet. */
  let unfollow: (() => void) | null = null

  const isEnded = (id: string): boolean => {
    const known = documents.value.get(id)
    return known !== undefined && hasEnded(known.state)
  }
  const look = (id: string): Promise<void> =>
    run(async () => {
      const hadEnded = isEnded(id)
      const document = await api.get(id)
      if (document === null) table.remove(id)
      // What had ended before it was asked for, and has not now, was reset by an operator.
      else if (hadEnded || hasEnded(document.state) || missing.value.has(id))
        table.replace(document)
      else table.put([document])
    })
  const follow = async (): Promise<void> => {
    const [{ followDocuments }, { mergeDocument }, source] = await Promise.all([
      partOf(import('../live/follow-documents.ts')),
      partOf(import('./merge-document.ts')),
      api.live(),
    ])
    if (isClosed || unfollow) return
    merge = mergeDocument
    unfollow = followDocuments({
      source,
      table,
      watched: watchedIds,
      onConnection(next) {
        // Documents of others may have come while nobody listened.
        const isBack = connection.value !== 'live' && (next === 'live' || next === 'polling')
        connection.value = next
        if (isBack) refresh()
      },
    })
  }
  const followIfNeeded = (): void => {
    const isAnyRunning = [...documents.value.values()].some((one) => !hasEnded(one.state))
    if (isAnyRunning && !unfollow) void run(follow)
  }
  const act = async (): Promise<Actions> => {
    const { createActions } = await partOf(import('./actions.ts'))
    actions ??= createActions({ api, table, look, ...state })
    return actions
  }
  const stopFollowing = effect(followIfNeeded)

  return {
    state,
    take(listed) {
      batch(() => {
        table.put(listed)
        table.list(listed.map(({ id }) => id))
      })
      // Lists may be older than the end that is known; the document itself is not.
      for (const { id, state: told } of listed) if (!hasEnded(told) && isEnded(id)) void look(id)
    },
    look,
    refresh() {
      followIfNeeded()
      for (const id of new Set(watchedIds.value))
        if (isWorthALook(documents.value.get(id))) void look(id)
    },
    isFollowing: () => unfollow !== null,
    submit: async (submissions) => (await act()).uploads.add(submissions),
    retryUpload: async (key) => (await act()).uploads.retry(key),
    dismissUpload: async (key) => (await act()).uploads.dismiss(key),
    cancel: async (id) => (await act()).cancel(id),
    remove: async (id) => (await act()).remove(id),
    runAgain: async (id) => (await act()).runAgain(id),
    close() {
      isClosed = true
      stopFollowing()
      table.close()
      unfollow?.()
      actions?.uploads.close()
    },
  }
}

/** Nothing becomes of a document that has ended, once it is known what became of its pages. */
function isWorthALook(document: DocumentView | undefined): boolean {
  return document === undefined || !hasEnded(document.state) || document.marks === null
}
