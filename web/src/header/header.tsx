import type { JSX } from 'preact'

import { chooseLanguage, language } from '../i18n/language.ts'
import { texts } from '../i18n/texts.ts'
import { Lazy } from '../lazy.tsx'
import { useStore } from '../state/store-context.ts'
import { switchTheme, theme } from './theme.ts'

const loadAccount = () => import('./account.tsx').then((part) => part.Account)
const loadCaller = () => import('./caller.tsx').then((part) => part.Caller)

type HeaderProps = {
  readonly title: string
  /** `null`: this API is documented elsewhere. */
  readonly docsUrl: string | null
}

/** The top of the page: what it is, how the service is, and where else one can go. */
export function Header({ title, docsUrl }: HeaderProps): JSX.Element {
  const { api, config, connection, session } = useStore()
  const words = texts.value
  const operations = config.value?.temporalUiUrl
  const caller = config.value?.caller
  return (
    <header class="top">
      <h1>
        <a href="#/">{config.value?.title ?? title}</a>
      </h1>
      <output class={`service ${connection.value}`}>{words.connection[connection.value]}</output>
      {session.value && <Lazy load={loadAccount} props={session.value} />}
      {caller && <Lazy load={loadCaller} props={{ name: caller, logOut: api.logOut }} />}
      <nav>
        {docsUrl && (
          <a href={docsUrl} target="_blank">
            {words.apiDocs}
          </a>
        )}
        {operations && (
          <a href={operations} rel="noreferrer" target="_blank">
            {words.operations}
          </a>
        )}
      </nav>
      <button
        class="quiet"
        lang={language.value === 'zh' ? 'en' : 'zh-CN'}
        onClick={() => chooseLanguage(language.value === 'zh' ? 'en' : 'zh')}
      >
        {words.otherLanguage}
      </button>
      <button
        class={`icon theme-${theme.value}`}
        aria-label={words.theme[theme.value]}
        title={words.theme[theme.value]}
        onClick={switchTheme}
      />
    </header>
  )
}
