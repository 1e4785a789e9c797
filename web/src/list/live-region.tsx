import { useSignal, useSignalEffect } from '@preact/signals'
import type { JSX } from 'preact'
import { useRef } from 'preact/hooks'

import { route } from '../state/route.ts'
import { useStore } from '../state/store-context.ts'
import { changedDocument } from './announcement.ts'
import { pagesText } from './pages-text.ts'
import { listTexts } from './texts.ts'

/** At most one sentence in this time, or a screen reader talks without an end. */
const PAUSE_MS = 4_000

/** Tells who cannot see the list how the documents get on. */
export function LiveRegion(): JSX.Element {
  const { documents, order } = useStore()
  const spoken = useSignal('')
  const known = useRef(documents.peek())
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useSignalEffect(() => {
    void documents.value
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      const after = documents.peek()
      const ids = [route.peek()?.documentId, ...order.peek()]
      const changed = changedDocument(known.current, after, ids)
      known.current = after
      if (changed)
        spoken.value = [
          changed.fileName,
          listTexts.peek().state[changed.state],
          pagesText(changed),
        ].join(', ')
    }, PAUSE_MS)
  })
  return <output class="unseen">{spoken}</output>
}
