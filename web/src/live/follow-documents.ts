import { computed, effect, type ReadonlySignal } from '@preact/signals'
import { hasEnded } from '../../../src/contract/document-status.ts'
import type { Connection, DocumentView } from '../model.ts'
import type { DocumentTable } from '../state/document-table.ts'
import { openFailover } from './failover.ts'
import type { LiveEvent, LiveSource } from './live-source.ts'
import { listenForWakes } from './wakes.ts'

/** Changes of more that run are seen when the list is looked at again. */
const MAX_FOLLOWED = 200

/** What is followed, and who is told of it. */
export type FollowOptions = {
  readonly source: LiveSource
  readonly table: DocumentTable
  /** Ids that are followed before others. */
  readonly watched: ReadonlySignal<readonly string[]>
  readonly onConnection: (connection: Connection) => void
}

/** Keeps the documents of a table that have not ended up to date; returns what ends that. */
export function followDocuments(options: FollowOptions): () => void {
  const { source, table, watched, onConnection } = options
  const failover = openFailover(source.transports, {
    onEvent: (event) => applyEvent(table, event),
    onConnection,
  })
  const stopListening = listenForWakes({
    onWake: () => failover.wake(),
    onReturn: () => failover.reopen(),
  })
  // As a text, so that the same ids are no change.
  const followed = computed(() =>
    idsToFollow([...table.documents.value.values()], watched.value).join(' '),
  )
  const stopFollowing = effect(() => {
    failover.follow(new Set(followed.value.split(' ').filter(Boolean)))
  })
  return () => {
    stopFollowing()
    stopListening()
    failover.close()
  }
}

/** Ids of the documents that have not ended: what is watched first, then the newest. */
export function idsToFollow(
  documents: readonly DocumentView[],
  watched: readonly string[],
): readonly string[] {
  const running = documents.filter(({ state }) => !hasEnded(state))
  running.sort((a, b) => b.createdAtMs - a.createdAtMs)
  const ids = running.map(({ id }) => id)
  const first = watched.filter((id) => ids.includes(id))
  return [...new Set([...first, ...ids])].slice(0, MAX_FOLLOWED)
}

function applyEvent(table: DocumentTable, event: LiveEvent): void {
  switch (event.kind) {
    case 'document':
      table.put([event.document])
      break
    case 'removed':
      table.remove(event.id)
      break
    case 'retry': {
      const known = table.documents.value.get(event.id)
      if (known === undefined) return
      const others = known.running.filter(({ page }) => page !== event.running.page)
      table.put([{ ...known, running: [...others, event.running] }])
      break
    }
  }
}
