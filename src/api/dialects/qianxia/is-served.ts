import type { Logger } from 'pino'
import type { Config } from '../../../config/config.ts'
import type { Secret } from '../../../platform/secret.ts'

/** Passwords that anybody tries first: that of the document, and the word itself. */
const GUESSED = ['pwd', 'password']

const MIN_PRODUCTION_LENGTH = 12

/** What decides whether the dialect is served. */
export type PasswordConfig = Pick<Config, 'api' | 'production'>

/** Whether the dialect is served: in production not behind a password that can be guessed. */
export function isQianxiaServed({ api, production }: PasswordConfig): boolean {
  return !production || !isWeak(api.qianxia.password)
}

/** Says, once at the start, why the dialect is not served or should have another password. */
export function warnOfWeakPassword(config: PasswordConfig, logger: Logger): void {
  const { password } = config.api.qianxia
  if (!isQianxiaServed(config))
    logger.error(
      `Qianxia is not served: PASSWORD must have ${MIN_PRODUCTION_LENGTH} characters in production`,
    )
  else if (GUESSED.includes(password.reveal()))
    logger.warn('Qianxia is served under its documented password: set PASSWORD')
}

function isWeak(password: Secret): boolean {
  const text = password.reveal()
  return GUESSED.includes(text) || text.length < MIN_PRODUCTION_LENGTH
}
