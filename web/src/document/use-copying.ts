import { useEffect, useMemo, useRef, useState } from 'preact/hooks'

import { copyLater } from './copy-text.ts'

/** What became of the last copy or download; `null`: nothing to tell (any more). */
export type CopyOutcome = 'copied' | 'failed' | null

/** Copying, and what is to be said about it. */
export type Copying = {
  readonly outcome: CopyOutcome
  /** Copies what `text` resolves to. Never rejects. */
  readonly copy: (text: () => Promise<string>) => Promise<void>
  readonly tell: (outcome: CopyOutcome) => void
}

const SHOWN_MS = 3_000

/** Copies texts and tells for a while whether it worked. */
export function useCopying(): Copying {
  const [outcome, setOutcome] = useState<CopyOutcome>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const actions = useMemo(() => {
    const tell = (next: CopyOutcome): void => {
      clearTimeout(timer.current)
      setOutcome(next)
      timer.current = setTimeout(() => setOutcome(null), SHOWN_MS)
    }
    const copy = async (text: () => Promise<string>): Promise<void> => {
      tell((await copyLater(text())) ? 'copied' : 'failed')
    }
    return { copy, tell }
  }, [])
  return { outcome, ...actions }
}
