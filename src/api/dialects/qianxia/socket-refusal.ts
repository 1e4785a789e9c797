import type { Logger } from 'pino'
import type { FailureCode } from '../../../contract/failures.ts'
import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'
import type { UpgradeRefusal } from '../../sockets/refuse-upgrade.ts'
import { toErrorAnswer } from './error-body.ts'

/** There is no socket at that path. */
export const NO_SOCKET = refusal(404, 'Not Found')

/** There are too many sockets, or the server stops. */
export const UNAVAILABLE = refusal(503, '服务暂时不可用')

/** The answer to what went wrong while a socket was to be opened, which is logged. */
export function toSocketRefusal(thrown: unknown, logger: Logger): UpgradeRefusal {
  const code = codeOf(thrown)
  const retryAfterMs = thrown instanceof OcrError ? thrown.retryAfterMs : null
  if (code === 'UNAUTHORIZED' || code === 'RATE_LIMITED')
    return { ...refusalFor(code), retryAfterMs }
  const line = { code, err: coerceError(thrown) }
  if (thrown instanceof OcrError) {
    logger.warn(line, 'socket refused')
    return UNAVAILABLE
  }
  logger.error(line, 'socket refused')
  return refusal(500, '服务器内部错误')
}

/** What is answered to a failure that its caller can do something about. */
export function refusalFor(code: FailureCode): UpgradeRefusal {
  return toErrorAnswer(code, null)
}

/** In the envelope of the dialect. */
function refusal(status: number, detail: string): UpgradeRefusal {
  return { status, body: { detail } }
}
