import type { JSX } from 'preact'

import { keyTexts } from './key-texts.ts'

/** Whose key this page uses, and the way to give it up. Loaded only where the service has keys. */
export function Caller({ name, logOut }: CallerProps): JSX.Element {
  return (
    <span class="account">
      {name}{' '}
      <button class="quiet" onClick={() => void logOut().finally(() => location.reload())}>
        {keyTexts.value.forget}
      </button>
    </span>
  )
}

/** Whose documents are shown, and what ends that. */
export type CallerProps = { readonly name: string; readonly logOut: () => Promise<void> }
