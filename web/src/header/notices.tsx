import type { JSX } from 'preact'

import { Lazy } from '../lazy.tsx'
import { LiveRegion } from '../list/live-region.tsx'
import { useStore } from '../state/store-context.ts'
import { Refusal } from './refusal.tsx'
import { noticeTexts } from './notice-texts.ts'

const loadKeyForm = () => import('./key-form.tsx').then((part) => part.KeyForm)

/** What is refused when nothing answers. */
const SILENCE: ReadonlySet<string> = new Set(['NETWORK', 'PART_NOT_LOADED'])

/** That there is no worker, and what was refused. Loaded with the first document or refusal. */
export function Notices(): JSX.Element {
  const { api, connection, documents, problem, dismissProblem } = useStore()
  const words = noticeTexts.value
  const isOffline = connection.value === 'offline'
  const reasons = new Set([...documents.value.values()].map((one) => one.queuedReason))
  const error = problem.value
  const needsKey = error?.code === 'UNAUTHORIZED' && api.logIn !== null
  return (
    <>
      {/* Not in the list, which a telephone hides while a document is open. */}
      <LiveRegion />
      <output>
        {!isOffline && reasons.has('NO_WORKER') && <span class="banner">{words.noWorker}</span>}
        {!isOffline && reasons.has('STORAGE_FULL') && <span class="banner">{words.noRoom}</span>}
      </output>
      {needsKey && api.logIn && <Lazy load={loadKeyForm} props={{ logIn: api.logIn }} />}
      {/* That nothing answers is said already, and no part can be loaded meanwhile. */}
      {error && !needsKey && !(isOffline && SILENCE.has(error.code)) && (
        <div class="banner bad">
          <Refusal error={error} />
          <button class="icon close" aria-label={words.dismiss} onClick={dismissProblem} />
        </div>
      )}
    </>
  )
}
