import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import { texts } from '../i18n/texts.ts'
import { useStore } from '../state/store-context.ts'
import { DocumentRow } from './document-row.tsx'
import { listTexts } from './texts.ts'
import { useVisibleWindow } from './use-visible-window.ts'

const FILTERS = [null, 'processing', 'completed', 'failed', 'cancelled'] as const

/** The documents, newest first: filtered by state, loaded as one scrolls. */
export function DocumentList(): JSX.Element {
  const { order, filter, isLoading, setFilter } = useStore()
  const words = listTexts.value
  const ids = order.value
  const [list, { first, end, abovePx, belowPx }] = useVisibleWindow(ids.length)
  return (
    <section aria-label={words.documents}>
      <fieldset class="filters" aria-label={words.filter}>
        {FILTERS.map((state) => (
          <button aria-pressed={filter.value === state} onClick={() => setFilter(state)}>
            {state === null ? words.all : words.state[state]}
          </button>
        ))}
      </fieldset>
      <ul class="documents" ref={list} style={{ padding: `${abovePx}px 0 ${belowPx}px` }}>
        {ids.slice(first, end).map((id, position) => (
          <li key={id} aria-setsize={ids.length} aria-posinset={first + position + 1}>
            <DocumentRow id={id} />
          </li>
        ))}
      </ul>
      {ids.length === 0 && !isLoading.value && <p class="hint">{words.none}</p>}
      <More />
    </section>
  )
}

function More(): JSX.Element {
  const { hasMore, hasMoreFailed, isLoading, loadMore } = useStore()
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (end.current === null) return undefined
    const observer = new IntersectionObserver(
      ([entry]) =>
        entry?.isIntersecting && hasMore.value && !hasMoreFailed.value && void loadMore(),
      { rootMargin: '400px' },
    )
    observer.observe(end.current)
    return () => observer.disconnect()
    // Watched anew after each part: the end may still be in view.
  }, [isLoading.value, hasMoreFailed.value])
  return (
    <div class="more" ref={end}>
      {isLoading.value ? (
        <p class="hint">{texts.value.loading}</p>
      ) : (
        hasMore.value && <button onClick={() => void loadMore()}>{listTexts.value.more}</button>
      )}
    </div>
  )
}
