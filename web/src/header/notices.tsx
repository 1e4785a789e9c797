import type { JSX } from 'preact'

import { LiveRegion } from '../list/live-region.tsx'
import { useStore } from '../state/store-context.ts'
import { Refusal } from './refusal.tsx'
import { noticeTexts } from './notice-texts.ts'

/** What is refused when nothing answers. */
const SILENCE: ReadonlySet<string> = new Set(['NETWORK', 'PART_NOT_LOADED'])

/** That there is no worker, and what was refused. Loaded with the first document or refusal. */
export function Notices(): JSX.Element {
  const { connection, documents, problem, dismissProblem } = useStore()
  const words = noticeTexts.value
  const isOffline = connection.value === 'offline'
  const isWaiting = [...documents.value.values()].some((one) => one.queuedReason === 'NO_WORKER')
  const error = problem.value
  return (
    <>
      {/* Not in the list, which a telephone hides while a document is open. */}
      <LiveRegion />
      <output>{isWaiting && !isOffline && <span class="banner">{words.noWorker}</span>}</output>
      {/* That nothing answers is said already, and no part can be loaded meanwhile. */}
      {error && !(isOffline && SILENCE.has(error.code)) && (
        <div class="banner bad">
          <Refusal error={error} />
          <button class="icon close" aria-label={words.dismiss} onClick={dismissProblem} />
        </div>
      )}
    </>
  )
}
