import { useComputed, useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

import { hasEnded } from '../../../src/contract/document-status.ts'
import { formatTime } from '../i18n/format-times.ts'
import type { DocumentView } from '../model.ts'
import { hrefOf } from '../state/open-route.ts'
import { route } from '../state/route.ts'
import { useStore } from '../state/store-context.ts'
import { nextFocus } from './keep-focus.ts'
import { PageBar } from './page-bar.tsx'
import { pagesText } from './pages-text.ts'
import { RunTime } from './run-time.tsx'
import { listTexts } from './texts.ts'

/** One document of the list. */
export function DocumentRow({ id }: { id: string }): JSX.Element | null {
  const { documents, order, filter } = useStore()
  const what = useRef<HTMLDivElement>(null)
  // Drawn again only when this document changes.
  const found = useComputed(() => documents.value.get(id)).value
  const isOpen = useComputed(() => route.value?.documentId === id).value
  useLayoutEffect(() => {
    const row = what.current?.parentElement
    return () => {
      const isListGoing = order.peek().length === 0 && filter.peek() === null
      if (row) nextFocus(row, isListGoing)?.focus({ preventScroll: true })
    }
  }, [])
  if (!found) return null
  const { state, engine, fileName, createdAtMs, failure } = found
  const summary = pagesText(found)
  return (
    <>
      <div class="what" ref={what}>
        <a href={hrefOf(id, 1)} aria-current={isOpen && 'page'} title={fileName}>
          {fileName}
        </a>
        <small>{[engine, formatTime(createdAtMs)].filter(Boolean).join(' · ')}</small>
      </div>
      <span class={`state ${state}`}>{listTexts.value.state[state]}</span>
      <div class="pages">
        <PageBar document={found} label={summary || listTexts.value.state[state]} />
        <small>
          <span>{summary}</span> {!failure && <RunTime document={found} />}
        </small>
      </div>
      <Actions document={found} />
    </>
  )
}

function Actions({ document: { id, state, fileName } }: { document: DocumentView }): JSX.Element {
  const { api, cancel, remove, runAgain } = useStore()
  const isAsking = useSignal(false)
  const wasAsked = useRef(false)
  const words = listTexts.value
  if (isAsking.value) {
    const keep = (): void => {
      isAsking.value = false
      wasAsked.current = true
    }
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      // The open document would take it for its own and close.
      event.stopPropagation()
      keep()
    }
    return (
      <fieldset class="actions asking" aria-label={`${words.remove}: ${fileName}`}>
        <span>{words.confirmRemove}</span>
        <button class="danger" ref={focus} onClick={() => void remove(id)} onKeyDown={onKeyDown}>
          {words.remove}
        </button>
        <button onClick={keep} onKeyDown={onKeyDown}>
          {words.keep}
        </button>
      </fieldset>
    )
  }
  const button = (name: 'cancel' | 'runAgain' | 'remove', act: () => void): JSX.Element => (
    <button
      class={`icon ${name}`}
      title={words[name]}
      aria-label={`${words[name]}: ${fileName}`}
      ref={name === 'remove' && wasAsked.current ? focus : null}
      onClick={act}
    />
  )
  return (
    <div class="actions">
      {!hasEnded(state) && state !== 'cancelling' && button('cancel', () => void cancel(id))}
      {hasEnded(state) && api.can.runAgain && button('runAgain', () => void runAgain(id))}
      {hasEnded(state) && api.can.remove && button('remove', () => (isAsking.value = true))}
    </div>
  )
}

/** Keeps the focus in the row when one button takes the place of another. */
function focus(button: HTMLButtonElement | null): void {
  button?.focus()
}
