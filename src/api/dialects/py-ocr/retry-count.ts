import { ENGINES, type EngineId } from '../../../contract/engines.ts'
import { FAILURES, type FailureCode } from '../../../contract/failures.ts'

/**
 * Retries that were spent before a task failed with a code: what its retry class allows, because
 * only the last failure of a page is kept. Input is never tried again; nonsense gets the other steps
 * of its engine's ladder; busy is retried without counting, once at least.
 */
export function retryCountOf(code: FailureCode, engine: EngineId): number {
  // Final, but only known after the page took its worker down three times.
  if (code === 'PAGE_POISON') return 2
  switch (FAILURES[code].kind) {
    case 'input':
      return 0
    case 'nonsense':
      return ENGINES[engine].ladder.length - 1
    case 'busy':
    case 'engineDeath':
      return 1
    case 'bug':
      return 2
    case 'transient':
      return 4
  }
}
