import { createHash } from 'node:crypto'
import type { AccessConfig } from '../../src/config/access-config.ts'

/** A caller, her key, and who owns what she sends. */
export const ALICE = caller('alice', 'ocr_key-of-alice-0123456789')

/** Another one. */
export const BOB = caller('bob', 'ocr_key-of-bob-0123456789')

/** Access as nobody has set it up. */
export const OPEN_ACCESS: AccessConfig = {
  apiKeys: [],
  corsOrigins: [],
  allowedHosts: [],
  trustProxy: false,
}

/** Access with the keys of both. */
export const KEYED_ACCESS: AccessConfig = { ...OPEN_ACCESS, apiKeys: [ALICE.setting, BOB.setting] }

function caller(name: string, key: string) {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return {
    key,
    owner: `key:${hash(name).toString('hex').slice(0, 16)}`,
    setting: { name, digest: hash(key) },
    headers: { authorization: `Bearer ${key}` },
  } as const
}
