import { ApplicationFailure, heartbeat, log } from '@temporalio/activity'
import type { DocumentRequest, Manifest } from '../contract/document.ts'
import { FAILURES, type FailureCode } from '../contract/failures.ts'
import {
  webhookIdOf,
  type DeliverWebhookInput,
  type DeliverWebhookResult,
} from '../contract/webhooks.ts'
import { codeOf, coerceError, OcrError } from '../platform/errors.ts'
import { safePost, type PostAnswer } from '../platform/safe-post.ts'
import { manifestKey, requestKey, tombstoneKey } from '../storage/object-keys.ts'
import { readJson } from '../storage/read-blob.ts'
import { noteWebhookTry, readWebhookLog, type WebhookTry } from '../storage/webhook-log.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { signedMessage } from './webhooks/webhook-message.ts'
import { retryDelayMs, type WebhookSettings } from './webhooks/webhook-settings.ts'

/** What an attempt is told by Temporal. */
export type WebhookAttempt = {
  /** Counted from 1. */
  readonly attempt: number
  /** Fires on cancel and on shutdown. */
  readonly signal: AbortSignal
}

const HEARTBEAT_INTERVAL_MS = 1_000

/**
 * Posts an event to the receiver of a document, through the guard: one try. A 2xx is delivered, 410
 * stops all webhooks of the document, as does a document that is gone; anything else is tried again,
 * later each time, until the event is given up.
 *
 * Not within the budget of other activities: a receiver may be away for hours, and the death of a
 * worker is not the event's fault.
 *
 * @throws {ApplicationFailure} whose type is a failure code; message and log hold no URL
 */
export async function deliverWebhook(
  deps: ActivityDependencies,
  input: DeliverWebhookInput,
  attempt: WebhookAttempt,
): Promise<DeliverWebhookResult> {
  let answer: PostAnswer | null
  // A dead worker is noticed by it, and a cancel arrives in the reply.
  heartbeat()
  const timer = setInterval(() => heartbeat(), HEARTBEAT_INTERVAL_MS)
  try {
    answer = await post(deps, input, attempt.signal)
  } catch (error) {
    // A shutdown or a cancel: not the receiver's fault, and not noted.
    if (attempt.signal.aborted) throw attempt.signal.reason
    throw await failed(deps, { input, attempt, status: null, code: noted(error) })
  } finally {
    clearInterval(timer)
  }
  if (answer === null) return { outcome: 'stopped' }
  const { status, retryAfter } = answer
  const isStopped = status === 410
  if (!isStopped && (status < 200 || status > 299))
    throw await failed(deps, { input, attempt, status, code: null, retryAfter })
  const state = isStopped ? 'given_up' : 'delivered'
  await note(deps, input, { state, status, code: null, isStopped })
  deps.metrics?.webhookEnded(state)
  return { outcome: isStopped ? 'stopped' : 'delivered' }
}

/** One request; `null`: there is nobody to tell any more. */
async function post(
  deps: ActivityDependencies,
  { documentId, event, isOnDemand }: DeliverWebhookInput,
  signal: AbortSignal,
): Promise<PostAnswer | null> {
  const { store, webhooks } = deps
  const request = await readJson<DocumentRequest>(store, requestKey(documentId))
  if (!request?.callback || (await store.head(tombstoneKey(documentId))) !== null) return null
  if (!isOnDemand && (await readWebhookLog(store, documentId)).isStopped) return null
  if (webhooks === undefined || webhooks.secrets.length === 0)
    throw new OcrError('WEBHOOKS_DISABLED', 'Cannot deliver a webhook: this worker has no secret')
  const manifest = await readJson<Manifest>(store, manifestKey(documentId))
  const message = signedMessage({ request, manifest, event }, webhooks)
  const { url } = request.callback
  const { urlRules, timeoutMs } = webhooks
  return safePost({ ...urlRules, ...message, url, timeoutMs, signal })
}

type FailedTry = {
  readonly input: DeliverWebhookInput
  readonly attempt: WebhookAttempt
  readonly status: number | null
  readonly code: FailureCode | null
  readonly retryAfter?: string | null
}

/** Notes a try that failed; gives what Temporal is told. */
async function failed(
  deps: ActivityDependencies,
  { input, attempt, status, code, retryAfter = null }: FailedTry,
): Promise<ApplicationFailure> {
  const { giveUpAtMs } = input.event
  const delayMs = retryDelayMs(deps.webhooks ?? FALLBACK, attempt.attempt, retryAfter)
  const nextTryAtMs = Date.now() + delayMs
  const isOver = nextTryAtMs >= giveUpAtMs
  const state = isOver ? 'given_up' : 'pending'
  await note(deps, input, { state, status, code, nextTryAtMs: isOver ? null : nextTryAtMs })
  const type = code ?? 'FETCH_FAILED'
  deps.metrics?.attemptFailed({
    activity: 'deliverWebhook',
    engine: null,
    kind: FAILURES[type].kind,
    code: type,
    usage: null,
  })
  if (isOver) deps.metrics?.webhookEnded('given_up')
  return ApplicationFailure.create({
    message: status === null ? type : `${type}: status ${status}`,
    type,
    nonRetryable: isOver,
    nextRetryDelay: delayMs,
    // Keeps what is expected out of error logs and metrics.
    category: 'BENIGN',
  })
}

const FALLBACK: Pick<WebhookSettings, 'firstRetryMs'> = { firstRetryMs: 5_000 }

function noted(error: unknown): FailureCode {
  const code = codeOf(error)
  if (error instanceof OcrError) log.info('webhook not delivered', { code, reason: error.message })
  else log.error('bug in an activity', { error: coerceError(error).stack ?? String(error) })
  return code
}

/** What became of a try. */
type Tried = Pick<WebhookTry, 'state'> & {
  readonly status: number | null
  readonly code: FailureCode | null
  readonly isStopped?: boolean
  readonly nextTryAtMs?: number | null
}

/** For whoever asks how it stands; a store that is away must not make us deliver once more. */
async function note(
  { store }: ActivityDependencies,
  { documentId, event }: DeliverWebhookInput,
  { state, status, code, isStopped = false, nextTryAtMs = null }: Tried,
): Promise<void> {
  try {
    // A DELETE may have come meanwhile, and nothing may come back after it.
    if ((await store.head(tombstoneKey(documentId))) !== null) return
    await noteWebhookTry(store, documentId, {
      webhookId: webhookIdOf(documentId, event),
      event: event.type,
      page: event.type === 'page.completed' ? event.page : null,
      state,
      lastStatus: status,
      lastCode: code,
      lastTriedAt: new Date().toISOString(),
      nextTryAt: nextTryAtMs === null ? null : new Date(nextTryAtMs).toISOString(),
      giveUpAt: new Date(event.giveUpAtMs).toISOString(),
      isStopped,
    })
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    log.warn('try of a webhook not noted', { code: error.code })
  }
}
