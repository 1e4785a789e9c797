import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import { asApiError } from '../api/http.ts'
import type { ApiError } from '../model.ts'
import { keyTexts } from './key-texts.ts'
import { Refusal } from './refusal.tsx'

/** Whose key this page uses, and the way to give it up. Loaded only where the service has keys. */
export function Caller({ name, logOut }: CallerProps): JSX.Element {
  const error = useSignal<ApiError | null>(null)
  const forget = (): void => {
    logOut().then(
      () => location.reload(),
      (thrown: unknown) => (error.value = asApiError(thrown)),
    )
  }
  return (
    <span class="account">
      {name}{' '}
      <button class="quiet" onClick={forget}>
        {keyTexts.value.forget}
      </button>{' '}
      {error.value && <Refusal error={error.value} />}
    </span>
  )
}

/** Whose documents are shown, and what ends that. */
export type CallerProps = { readonly name: string; readonly logOut: () => Promise<void> }
