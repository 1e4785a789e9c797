import type { JSX } from 'preact'

import { formatNumber } from '../i18n/language.ts'
import type { Session } from '../model.ts'
import { accountTexts } from './account-texts.ts'

/** Who is logged in and what was used. Loaded only where the service has accounts. */
export function Account({ user, loginUrl, usedPages, totalPages }: Session): JSX.Element {
  const words = accountTexts.value
  const total = totalPages === null ? null : formatNumber(totalPages)
  return (
    <span class="account">
      {words.quota(formatNumber(usedPages), total)} {user ?? <a href={loginUrl}>{words.logIn}</a>}
    </span>
  )
}
