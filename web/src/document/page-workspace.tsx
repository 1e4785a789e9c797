import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'

import { formatNumber } from '../i18n/language.ts'
import type { DocumentView } from '../model.ts'
import { useStore } from '../state/store-context.ts'
import { PageImage } from './page-image.tsx'
import { PageNotice } from './page-notice.tsx'
import type { PageState } from './page-state.ts'
import { PageTabs } from './page-tabs.tsx'
import { words } from './texts/words.ts'
import type { Copying } from './use-copying.ts'
import { useBlockLinks } from './use-block-links.ts'
import type { PageLoad } from './use-page.ts'

/** One page: its image beside what was read of it. What is pointed at in one is marked in the other. */
export function PageWorkspace({
  document,
  page,
  state,
  load,
  onReload,
  copying,
}: {
  document: DocumentView
  page: number
  state: PageState
  load: PageLoad
  onReload: () => void
  copying: Copying
}): JSX.Element {
  const { api } = useStore()
  const root = useRef<HTMLElement>(null)
  useBlockLinks(root)
  const view = load.kind === 'loaded' ? load.page : null
  const imageUrl =
    view !== null || state.kind === 'failed' ? api.pageImageUrl(document.id, page) : null
  return (
    <section class="page" ref={root} aria-label={words.value.document.page(formatNumber(page))}>
      <PageNotice document={document} page={page} state={state} load={load} onReload={onReload} />
      {(view !== null || imageUrl !== null) && (
        <div class={imageUrl === null ? 'panes single' : 'panes'}>
          {imageUrl !== null && <PageImage page={page} url={imageUrl} view={view} />}
          {view !== null && <PageTabs view={view} copying={copying} />}
        </div>
      )}
    </section>
  )
}
