import type { ComponentChildren, JSX } from 'preact'

import { hasEnded } from '../../../src/contract/document-status.ts'
import { explain } from '../failures/explanation.ts'
import { formatNumber } from '../i18n/language.ts'
import type { DocumentView, PageView } from '../model.ts'
import { useStore } from '../state/store-context.ts'
import { RunAgain } from './document-head.tsx'
import type { PageState } from './page-state.ts'
import { words } from './texts/words.ts'
import type { PageLoad } from './use-page.ts'

type NoticeProps = {
  readonly document: DocumentView
  readonly page: number
  readonly state: PageState
  readonly load: PageLoad
  readonly onReload: () => void
}

/** What is to be said of a page before one looks at it: why it is not there, or what it may lack. */
export function PageNotice(props: NoticeProps): JSX.Element | null {
  const { state, load } = props
  const say = words.value.document
  switch (state.kind) {
    case 'waiting':
      return <p class="card">{say.waiting}</p>
    case 'unread':
      return (
        <Card {...props} kind="warn" title={say.unread}>
          {null}
        </Card>
      )
    case 'outside':
      return <p class="card">{say.outside}</p>
    case 'reading':
      return <Reading attempt={state.attempt} code={state.code} />
    case 'failed':
      return <Failed {...props} code={state.code} />
    case 'ok':
    case 'empty':
    case 'degraded':
    case 'unknown':
      break
  }
  if (load.kind === 'loaded') return <Noticed {...props} view={load.page} />
  if (load.kind === 'loading') return <p class="hint loading">{say.loading}</p>
  if (load.kind === 'absent')
    return <p class="card">{hasEnded(props.document.state) ? say.unread : say.waiting}</p>
  return (
    <div class="card bad" role="alert">
      <strong>{say.loadFailed}</strong>
      <button onClick={props.onReload}>{say.tryAgain}</button>
    </div>
  )
}

function Reading({ attempt, code }: { attempt: number; code: string | null }): JSX.Element {
  const { document: say, explanations } = words.value
  return (
    <div class="card reading-now">
      <strong>{say.reading}</strong>
      {code !== null && (
        <p>
          {say.attempt(formatNumber(attempt))} {explain(explanations.failures, code).what}{' '}
          <code>{code}</code>
        </p>
      )}
    </div>
  )
}

function Failed(props: NoticeProps & { code: string }): JSX.Element {
  const { document: say, explanations } = words.value
  const { code } = props
  if (code === '')
    return (
      <Card {...props} kind="bad" title={say.pageFailed}>
        {null}
      </Card>
    )
  const { what, remedy } = explain(explanations.failures, code)
  return (
    <Card {...props} kind="bad" title={say.pageFailed}>
      <p>
        {what} {remedy}
      </p>
      <small>
        {say.code} <code>{code}</code>
      </small>
    </Card>
  )
}

function Noticed(props: NoticeProps & { view: PageView }): JSX.Element | null {
  const { view } = props
  const { document: say, explanations } = words.value
  const list = view.warnings.length > 0 && (
    <ul>
      {view.warnings.map((code) => {
        const { what, remedy } = explain(explanations.warnings, code)
        return (
          <li key={code}>
            {what} {remedy} <code>{code}</code>
          </li>
        )
      })}
    </ul>
  )
  if (view.outcome === 'degraded')
    return (
      <Card {...props} kind="warn" title={say.degraded}>
        {list}
      </Card>
    )
  if (view.outcome === 'empty')
    return (
      <div class="card">
        {say.empty}
        {list}
      </div>
    )
  if (view.warnings.length === 0) return null
  return (
    <details class="card quiet">
      <summary>{say.noticed}</summary>
      {list}
    </details>
  )
}

/** A card with a way to try again, once the document has ended and where the API can. */
function Card({
  document: { id, state },
  page,
  kind,
  title,
  children,
}: NoticeProps & {
  kind: 'bad' | 'warn'
  title: string
  children: ComponentChildren
}): JSX.Element {
  const { api } = useStore()
  return (
    <div class={`card ${kind}`}>
      <strong>{title}</strong>
      {children}
      {api.can.runAgain && hasEnded(state) && kind === 'bad' && <RunAgain id={id} page={page} />}
    </div>
  )
}
