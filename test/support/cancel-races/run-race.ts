import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { DocumentGateway } from '../../../src/api/gateway/document-gateway.ts'
import { workflowIdFor } from '../../../src/contract/names.ts'
import type { Manifest } from '../../../src/contract/document.ts'
import type { DocumentId } from '../../../src/contract/identifiers.ts'
import { OcrError } from '../../../src/platform/errors.ts'
import { manifestKey, resultKey } from '../../../src/storage/object-keys.ts'
import { readBytes, readJson } from '../../../src/storage/read-blob.ts'
import type { HoldPoint } from './race-gates.ts'
import type { RaceSystem } from './race-system.ts'

/** When the cancels of a row of races are sent. */
export type RacePoint = {
  readonly name: string
  /** The document is held here; `null`: nowhere, the cancel comes at its own time. */
  readonly hold: HoldPoint | null
  /** After the start was acknowledged, or without waiting for that. */
  readonly waitsForStart?: boolean
  /** Latest time after the point at which a cancel is sent, ms. */
  readonly spreadMs: number
  readonly cancels?: number
  readonly isDeleted?: boolean
  readonly isFailing?: boolean
  readonly hasShortRuns?: boolean
}

/** What somebody was told who cancelled; `null`: that there is no such document. */
export type CancelReply = { readonly isAccepted: boolean; readonly state: string } | null

/** Cancels by some way into the product. */
export type Cancel = (documentId: DocumentId) => Promise<CancelReply>

/** What was told, and what came of it. */
export type RaceOutcome = {
  readonly id: DocumentId
  readonly replies: readonly CancelReply[]
  readonly deleted: boolean | null
  /** When the first was told that the document is cancelled, and not only will be. */
  readonly cancelledAtMs: number | null
}

/** Cancels through the gateway itself. */
export const cancelAt =
  (gateway: DocumentGateway): Cancel =>
  async (documentId) => {
    const answer = await gateway.cancel(documentId)
    return answer && { isAccepted: answer.accepted, state: answer.status.state }
  }

/** Cancels through `/v1`. */
export const cancelByV1 =
  (url: string): Cancel =>
  async (documentId) => {
    const response = await fetch(`${url}/v1/documents/${documentId}/cancel`, { method: 'POST' })
    // The test looks at what is in it.
    const body = (await response.json()) as { status: string; detail?: string }
    if (response.status === 404) return null
    if (response.status === 202) return { isAccepted: true, state: body.status }
    throwUnless(response, 409)
    return { isAccepted: false, state: (body.detail ?? '').replace('The document is ', '') }
  }

/** Cancels through Py OCR. */
export const cancelByPyOcr =
  (url: string): Cancel =>
  async (documentId) => {
    const response = await fetch(`${url}/api/cancel/${documentId}`, { method: 'POST' })
    const body = (await response.json()) as { current_status?: string } // as above
    if (response.status === 404) return null
    if (response.status === 200) return { isAccepted: true, state: 'cancelling' }
    throwUnless(response, 400)
    return { isAccepted: false, state: body.current_status ?? '' }
  }

function throwUnless({ status }: Response, expected: number): void {
  if (status === 503) throw new OcrError('SERVICE_UNAVAILABLE', 'Cannot cancel: the api is busy')
  if (status !== expected) throw new Error(`A cancel was answered with ${status}`)
}

/** Runs one document up to the point, cancels it there and tells what was answered. */
export async function runRace(
  system: RaceSystem,
  point: RacePoint,
  { key, place, cancels }: { key: string; place: number; cancels: readonly Cancel[] },
): Promise<RaceOutcome> {
  const { gates, gateways } = system
  const id = system.idOf(key)
  if (point.hold !== null) gates.arm(id, point.hold)
  if (point.isFailing) system.failing.add(id)
  const started = system.submit(key, gateways[point.hasShortRuns ? 2 : 0])
  if (point.waitsForStart !== false) await started
  if (point.hold !== null) await gates.reached(id)

  // Every other document goes on at once, the others only when the answer is there.
  const isHeld = place % 2 === 0
  if (!isHeld) gates.release(id)
  let cancelledAtMs: number | null = null
  const cancelling = Array.from({ length: point.cancels ?? 1 }, async (_, number) => {
    await delay(spread(place + number, point.spreadMs))
    const cancel = cancels[(place + number) % cancels.length]
    const reply = cancel === undefined ? null : await untilTold(() => cancel(id))
    if (reply?.state === 'cancelled') cancelledAtMs ??= Date.now()
    return reply
  })
  const deleting = point.isDeleted ? untilTold(() => gateways[1].delete(id)) : null
  const [replies, deleted] = await Promise.all([Promise.all(cancelling), deleting])
  gates.release(id)
  await started
  return { id, replies, deleted, cancelledAtMs }
}

/** A server that is too busy to say has promised nothing, and is asked again, as its answer says. */
async function untilTold<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof OcrError) || error.kind !== 'busy') throw error
    }
  }
}

/** How a document ended, as everybody who can be asked tells it. */
export async function endOf(
  { client, store, anotherGateway }: RaceSystem,
  id: DocumentId,
): Promise<{
  run: string
  status: string | null
  manifest: string | null
  /** Whether the text is the one that the manifest tells of. */
  isTextTrue: boolean
}> {
  const handle = client.workflow.getHandle(workflowIdFor(id))
  await handle.result().catch(() => undefined)
  const { status } = await handle.describe()
  // Before anybody asks for the status: that would mend it.
  const manifest = await readJson<Manifest>(store, manifestKey(id))
  const text = await readBytes(store, resultKey(id, 'text'), 10_000)
  const sha256 = text && createHash('sha256').update(text).digest('hex')
  const told = await anotherGateway().status(id)
  return {
    run: status.name.toLowerCase().replace('canceled', 'cancelled'),
    status: told?.state ?? null,
    manifest: manifest?.outcome ?? null,
    isTextTrue: sha256 === (manifest?.results?.textSha256 ?? null),
  }
}

/** Times from 0 to `widthMs`, different from place to place, the same in every run. */
function spread(place: number, widthMs: number): number {
  return widthMs === 0 ? 0 : (place * 13) % (widthMs + 1)
}
