import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import { asApiError } from '../api/http.ts'
import { explained } from '../i18n/explained.ts'
import type { ApiError } from '../model.ts'
import { useStore } from '../state/store-context.ts'
import { keyTexts } from './key-texts.ts'

/** Asks for the key of a service that has keys. Loaded when it has refused the page for lack of one. */
export function KeyForm({ logIn }: { logIn: (key: string) => Promise<void> }): JSX.Element {
  const { uploads, dismissProblem, start } = useStore()
  const key = useSignal('')
  const error = useSignal<ApiError | null>(null)
  const isSending = useSignal(false)
  const words = keyTexts.value
  const refusal = error.value
  const send = async (): Promise<void> => {
    isSending.value = true
    try {
      await logIn(key.value.trim())
      // What was refused before is asked for again. Files that are still to be sent would be lost.
      if (uploads.value.length === 0) {
        location.reload()
        return
      }
      dismissProblem()
      start()
    } catch (thrown) {
      error.value = asApiError(thrown)
      isSending.value = false
    }
  }
  return (
    <form
      class="banner key-form"
      aria-label={words.needsKey}
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <label>
        {words.needsKey}{' '}
        <input
          type="password"
          name="key"
          autocomplete="current-password"
          required
          value={key.value}
          onInput={({ currentTarget }) => (key.value = currentTarget.value)}
        />
      </label>
      <button class="primary" disabled={isSending.value}>
        {words.open}
      </button>
      <output>{refusal && wordsFor(refusal)}</output>
    </form>
  )
}

function wordsFor({ code, message }: ApiError): string {
  return code === 'KEY_NOT_KEPT' ? keyTexts.value.notKept : explained(code, message).what
}
