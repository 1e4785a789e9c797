import { createHmac } from 'node:crypto'
import { networkOf } from '../../platform/client-network.ts'

/** Who sends something. */
export type Sender = {
  /** Whose document it is going to be; `null`: nobody's. */
  readonly owner: string | null
  /** Where the request came from; `null`: unknown. */
  readonly senderAddress: string | null
}

/**
 * An opaque id of who sends something: the owner, or a keyed hash of the address (IPv6: of its /56). The
 * documents of one submitter share a quota and their turn. At most 64 bytes, as Temporal takes for a
 * fairness key, and the same in every api process.
 */
export function submitterOf(secret: string | Buffer, { owner, senderAddress }: Sender): string {
  // As it goes into queries of visibility.
  if (owner !== null && /^[\w.:@-]{1,64}$/.test(owner)) return owner
  const from = owner ?? (senderAddress === null ? '' : networkOf(senderAddress))
  const kind = owner === null ? 'address' : 'owner'
  const parts = ['durable-ocr submitter', kind, from]
  const digest = createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex')
  return `${kind}:${digest.slice(0, 16)}`
}
