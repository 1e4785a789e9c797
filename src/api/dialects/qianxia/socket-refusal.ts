import type { Logger } from 'pino'
import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'
import type { UpgradeRefusal } from '../../sockets/refuse-upgrade.ts'

/** There is no socket at that path. */
export const NO_SOCKET = refusal(404, 'Not Found')

/** A page of another site asks. */
export const FOREIGN_ORIGIN = refusal(403, '来源不被允许')

/** There are too many sockets, or the server stops. */
export const UNAVAILABLE = refusal(503, '服务暂时不可用')

/** The answer to what went wrong while a socket was to be opened, which is logged. */
export function toSocketRefusal(thrown: unknown, logger: Logger): UpgradeRefusal {
  const code = codeOf(thrown)
  if (code === 'UNAUTHORIZED') return refusal(401, '未登录')
  const line = { code, err: coerceError(thrown) }
  if (thrown instanceof OcrError) {
    logger.warn(line, 'socket refused')
    return UNAVAILABLE
  }
  logger.error(line, 'socket refused')
  return refusal(500, '服务器内部错误')
}

/** In the envelope of the dialect. */
function refusal(status: number, detail: string): UpgradeRefusal {
  return { status, body: { detail } }
}
