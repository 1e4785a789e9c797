import type { Request, Response } from 'express'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import { hasIdempotencyKey } from '../http/idempotency-key.ts'
import type { RouteFacts, RouteGuard } from '../http/route.ts'
import { closeAfterAnswer } from '../uploads/close-after-answer.ts'
import type { RateLimitOptions } from './rate-limits.ts'

/**
 * Refuses documents that cannot be taken before their body is read: by what is known without it. The
 * gateway decides once more when it knows the engine and the size.
 *
 * The guard throws `STORAGE_FULL`, `QUEUE_FULL`, `QUOTA_EXCEEDED`.
 */
export function createAdmissionGuard({
  gateway,
  submitterOf,
}: {
  readonly gateway: Pick<DocumentGateway, 'requireRoom'>
  readonly submitterOf: RateLimitOptions['submitterOf']
}): RouteGuard {
  const guard = async (
    { isForUsers = false }: RouteFacts,
    { request, response, next }: { request: Request; response: Response; next: () => void },
  ): Promise<void> => {
    try {
      // A key may stand for a document that was accepted, which no quota refuses any more.
      const isKeyed = hasIdempotencyKey(request)
      await gateway.requireRoom(isKeyed || isForUsers ? null : submitterOf(request))
    } catch (error) {
      closeAfterAnswer(request, response)
      throw error
    }
    next()
  }
  return (facts) =>
    facts.isSubmit ? (request, response, next) => guard(facts, { request, response, next }) : null
}
