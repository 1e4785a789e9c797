import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'

import { asApiError } from '../api/http.ts'
import { explained } from '../i18n/explained.ts'
import type { ApiError } from '../model.ts'
import { keyTexts } from './key-texts.ts'

/** Asks for the key of a service that has keys. Loaded when it has refused the page for lack of one. */
export function KeyForm({ logIn }: { logIn: (key: string) => Promise<void> }): JSX.Element {
  const key = useSignal('')
  const error = useSignal<ApiError | null>(null)
  const isSending = useSignal(false)
  const words = keyTexts.value
  const refusal = error.value
  const send = async (): Promise<void> => {
    isSending.value = true
    try {
      await logIn(key.value.trim())
      // What was refused before is asked for again.
      location.reload()
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
      <output>{refusal && explained(refusal.code, refusal.message).what}</output>
    </form>
  )
}
