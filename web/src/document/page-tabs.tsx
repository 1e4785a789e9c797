import type { JSX, TargetedKeyboardEvent } from 'preact'
import { useId, useMemo } from 'preact/hooks'

import type { PageView } from '../model.ts'
import { cutText } from './page-content.ts'
import { PagePreview } from './page-preview.tsx'
import { shownTab, TABS } from './shown-tab.ts'
import { words } from './texts/words.ts'
import type { Copying } from './use-copying.ts'

/** What was read of a page: drawn, as Markdown, and as the API tells it. */
export function PageTabs({ view, copying }: { view: PageView; copying: Copying }): JSX.Element {
  const id = useId()
  const say = words.value.document
  const shown = shownTab.value
  const turn = (event: TargetedKeyboardEvent<HTMLElement>): void => {
    const place = TABS.indexOf(shown)
    const targets: Record<string, number> = {
      ArrowRight: place + 1,
      ArrowLeft: place - 1,
      Home: 0,
      End: -1,
    }
    const target = Object.hasOwn(targets, event.key) ? targets[event.key] : undefined
    if (target === undefined) return
    // The arrow keys turn pages elsewhere.
    event.preventDefault()
    shownTab.value = TABS.at(target % TABS.length) ?? 'preview'
    document.getElementById(`${id}-${shownTab.value}`)?.focus()
  }
  return (
    <div class="text-pane">
      <div class="text-tools">
        <div class="tabs" role="tablist" aria-label={say.views}>
          {TABS.map((tab) => (
            <button
              key={tab}
              role="tab"
              id={`${id}-${tab}`}
              aria-selected={tab === shown}
              aria-controls={`${id}-panel`}
              tabIndex={tab === shown ? 0 : -1}
              onClick={() => (shownTab.value = tab)}
              onKeyDown={turn}
            >
              {say[tab]}
            </button>
          ))}
        </div>
        <button
          class="quiet"
          title={say.keys}
          onClick={() => void copying.copy(() => Promise.resolve(copiedOf(view)))}
        >
          {say.copyPage}
        </button>
      </div>
      <div
        class="text-panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${shown}`}
        tabIndex={0}
      >
        {shown === 'preview' && <PagePreview view={view} />}
        {shown === 'markdown' && <Source text={view.markdown} />}
        {shown === 'json' && <JsonSource json={view.json} />}
      </div>
      <p class="text-foot">
        <small>{say.engine(view.engine)}</small>
        <small class="keys">{say.keys}</small>
      </p>
    </div>
  )
}

function copiedOf({ text, markdown, json }: PageView): string {
  if (shownTab.peek() === 'json') return JSON.stringify(json, null, 2)
  return shownTab.peek() === 'markdown' ? markdown : text
}

function JsonSource({ json }: { json: unknown }): JSX.Element {
  return <Source text={useMemo(() => JSON.stringify(json, null, 2), [json])} />
}

function Source({ text }: { text: string }): JSX.Element {
  const { text: shown, isCut } = cutText(text)
  return (
    <>
      {isCut && <p class="card warn">{words.value.document.cut}</p>}
      <pre class="source">{shown}</pre>
    </>
  )
}
