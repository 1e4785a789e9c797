import { useComputed, useSignalEffect } from '@preact/signals'
import type { ComponentProps, JSX } from 'preact'

import { Banner } from './header/banner.tsx'
import { Header } from './header/header.tsx'
import { texts } from './i18n/texts.ts'
import { Lazy } from './lazy.tsx'
import { route } from './state/route.ts'
import { useStore } from './state/store-context.ts'
import { UploadPanel } from './upload/upload-panel.tsx'

const loadList = () => import('./list/document-list.tsx').then((part) => part.DocumentList)
const loadDocument = () => import('./document/document-view.tsx').then((part) => part.DocumentView)

/** What the server says of the page: where its service is mounted, and what its header says. */
type PageFacts = ComponentProps<typeof Header> & { readonly root: string }

/** The whole page: the list, and beside it (on a telephone: in its place) the open document. */
export function App({ root, title, docsUrl }: PageFacts): JSX.Element {
  const { config, documents, order, filter } = useStore()
  const open = route.value
  const name = useComputed(() => documents.value.get(route.value?.documentId ?? '')?.fileName)
  useSignalEffect(() => {
    document.title = [name.value, config.value?.title ?? title].filter(Boolean).join(' · ')
  })
  const isEmpty = order.value.length === 0 && filter.value === null
  return (
    <>
      <Header title={title} docsUrl={docsUrl} />
      <Banner />
      <main class={open ? 'reading' : ''}>
        <div class="library">
          <UploadPanel root={root} isLarge={isEmpty && !open} />
          {!isEmpty && <Lazy load={loadList} props={{}} />}
        </div>
        {open && (
          <div class="reader">
            <a class="back" href="#/">
              {texts.value.back}
            </a>
            <Lazy load={loadDocument} props={open} />
          </div>
        )}
      </main>
    </>
  )
}
