import type { AccessEnvironment, ApiKeySetting, TrustedProxies } from './environment-access.ts'

export type { ApiKeySetting, TrustedProxies } from './environment-access.ts'

/** Who may ask, and from where. */
export type AccessConfig = {
  /** Empty: anybody may ask. */
  readonly apiKeys: readonly ApiKeySetting[]
  /** Of web pages elsewhere that may call us. */
  readonly corsOrigins: readonly string[]
  /** In small letters, with or without a port; `*` is any. Empty: nobody said. */
  readonly allowedHosts: readonly string[]
  readonly trustProxy: TrustedProxies
}

/** Reads who may ask. */
export function toAccessConfig(env: AccessEnvironment): AccessConfig {
  return {
    apiKeys: env.OCR_API_KEYS,
    corsOrigins: env.OCR_CORS_ORIGINS,
    allowedHosts: env.OCR_ALLOWED_HOSTS,
    trustProxy: env.OCR_TRUST_PROXY,
  }
}
