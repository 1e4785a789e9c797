import { coerceError } from '../errors.ts'
import { metricsLogger } from '../logger.ts'

/** Records a figure, and goes on whatever comes of it: a wrong figure is no reason to lose a page. */
export function safely(record: () => void): void {
  try {
    record()
  } catch (error) {
    metricsLogger.error({ err: coerceError(error) }, 'a figure was not recorded')
  }
}
