import type { JSX } from 'preact'

import { explained } from '../i18n/explained.ts'
import { LoadFailed } from '../lazy.tsx'
import type { ApiError } from '../model.ts'
import { noticeTexts } from './notice-texts.ts'

/** What the service refused, what to do about it, and the number to ask the operator with. */
export function Refusal({ error }: { error: ApiError }): JSX.Element {
  const { code, message, requestId } = error
  if (code === 'PART_NOT_LOADED') return <LoadFailed />
  const { what, remedy } = explained(code, message)
  return (
    <span role="alert">
      {what} {remedy} {requestId && <small>{noticeTexts.value.requestId(requestId)}</small>}
    </span>
  )
}
