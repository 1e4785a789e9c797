import type { JSX } from 'preact'

import { texts } from '../i18n/texts.ts'
import { Lazy } from '../lazy.tsx'
import { useStore } from '../state/store-context.ts'

const loadNotices = () => import('./notices.tsx').then((part) => part.Notices)

/** What the reader has to know now. That nothing answers must be here: then nothing can be loaded. */
export function Banner(): JSX.Element {
  const { connection, documents, problem } = useStore()
  return (
    <>
      <output>
        {connection.value === 'offline' && <span class="banner">{texts.value.offline}</span>}
      </output>
      {(documents.value.size > 0 || problem.value) && (
        <Lazy load={loadNotices} isQuiet props={{}} />
      )}
    </>
  )
}
