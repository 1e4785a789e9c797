import { useSignal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect } from 'preact/hooks'

import { texts } from './i18n/texts.ts'

/** What is drawn later, and how. */
export type LazyProps<Props> = {
  /** Loads it; is asked once. */
  readonly load: () => Promise<ComponentType<Props>>
  readonly props: Props
  /** Nothing is said while it is loaded. */
  readonly isQuiet?: boolean
}

/** Draws a component once its part of the program is loaded. */
export function Lazy<Props extends object>({
  load,
  props,
  isQuiet,
}: LazyProps<Props>): JSX.Element | null {
  const loaded = useSignal<ComponentType<Props> | 'failed' | null>(null)
  useEffect(() => {
    load().then(
      (type) => (loaded.value = type),
      () => (loaded.value = 'failed'),
    )
  }, [])
  const Loaded = loaded.value
  if (Loaded === 'failed') return <LoadFailed />
  if (Loaded) return <Loaded {...props} />
  return isQuiet ? null : <p class="hint loading">{texts.value.loading}</p>
}

/** That a part of the program is not to be had, and a way out. */
export function LoadFailed(): JSX.Element {
  const { loadFailed, retry } = texts.value
  return (
    <p class="hint" role="alert">
      {/* A new version may be there by now, with other parts: only the whole page helps. */}
      {loadFailed} <button onClick={() => location.reload()}>{retry}</button>
    </p>
  )
}
