import { createHash, timingSafeEqual } from 'node:crypto'
import type { ApiKeySetting } from '../../config/access-config.ts'

/** Somebody who has a key. */
export type KeyHolder = {
  readonly name: string
  /** SHA-256 of the key. */
  readonly digest: Buffer
  /** Owner of what he sends; an opaque name, fit for Temporal. */
  readonly owner: string
}

/** The keys that open the api. */
export class KeyRing {
  readonly #holders: readonly KeyHolder[]

  constructor(keys: readonly ApiKeySetting[]) {
    this.#holders = keys.map(({ name, digest }) => ({ name, digest, owner: ownerOf(name) }))
  }

  /** Whether there is none: then nobody needs one. */
  get isEmpty(): boolean {
    return this.#holders.length === 0
  }

  /** Whose key it is, in the same time for every text. */
  holderOf(key: string): KeyHolder | null {
    const given = keyDigest(key)
    // All are compared, so that the time tells nothing of which one came close.
    const holders = this.#holders.filter(({ digest }) => timingSafeEqual(digest, given))
    return holders[0] ?? null
  }

  /** The holder of a name; `null`: there is none any more. */
  named(name: string): KeyHolder | null {
    return this.#holders.find((holder) => holder.name === name) ?? null
  }
}

/** SHA-256 of a key: of one length, as comparing takes, and it says nothing of the key's. */
export function keyDigest(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function ownerOf(name: string): string {
  return `key:${createHash('sha256').update(name).digest('hex').slice(0, 16)}`
}
