import { useEffect, useState } from 'preact/hooks'

import type { DocumentsApi } from '../api/documents-api.ts'
import type { PageView } from '../model.ts'

/** A page on its way; `absent`: the API has none. */
export type PageLoad =
  | { readonly kind: 'loading' | 'absent' | 'failed' }
  | { readonly kind: 'loaded'; readonly page: PageView }

/** Which page is wanted. */
export type WantedPage = {
  readonly api: DocumentsApi
  readonly id: string
  readonly page: number
  /** Changes when the page may have changed; `null`: there is nothing to ask for yet. */
  readonly version: string | null
}

/** Pages kept, so that going back is instant. */
const MAX_KEPT = 20
const kept = new Map<string, PageView>()

/**
 * Loads a page, and asks again whenever its version changes until it is there; `reload` tries once more.
 */
export function usePage({ api, id, page, version }: WantedPage): [PageLoad, () => void] {
  const key = `${id}/${page}`
  const [tries, setTries] = useState(0)
  const [answer, setAnswer] = useState<{ key: string; load: PageLoad } | null>(null)
  useEffect(() => {
    if (version === null || kept.has(key)) return undefined
    let isWanted = true
    const show = (load: PageLoad): void => {
      if (isWanted) setAnswer({ key, load })
    }
    api.page(id, page).then(
      (view) => {
        if (view !== null) keep(key, view)
        show(view === null ? { kind: 'absent' } : { kind: 'loaded', page: view })
      },
      () => show({ kind: 'failed' }),
    )
    return () => {
      isWanted = false
    }
  }, [api, id, page, key, version, tries])
  const reload = (): void => {
    setAnswer(null)
    setTries((count) => count + 1)
  }
  if (version === null) return [{ kind: 'loading' }, reload]
  const known = kept.get(key)
  if (known) return [{ kind: 'loaded', page: known }, reload]
  // Also while it is asked for once more: nothing that was shown goes.
  return [answer !== null && answer.key === key ? answer.load : { kind: 'loading' }, reload]
}

function keep(key: string, view: PageView): void {
  kept.set(key, view)
  const [oldest] = kept.keys()
  if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
}
