import type { Logger } from 'pino'
import type { ApiConfig } from '../../config/config.ts'
import { isLoopbackAddress } from './allowed-host.ts'

/** What decides whether strangers can come in. */
export type OpenServiceConfig = Pick<ApiConfig, 'host' | 'access'>

/** Says, once at the start, that whoever reaches the service may use it, where others can reach it. */
export function warnOfOpenService({ host, access }: OpenServiceConfig, logger: Logger): void {
  if (access.apiKeys.length > 0 || isLoopbackAddress(host)) return
  logger.warn(
    'Nobody is asked for a key, and OCR_HOST is not this machine alone: whoever reaches the port sees and ' +
      'changes everything. Set OCR_API_KEYS, or let nobody reach the port but a proxy that asks who is there',
  )
}
