import { codeOf, coerceError, OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { AcceptedTask } from './accepted-task.ts'

/**
 * Ends a task that is refused after it was started, so that nothing is left of it. With an
 * idempotency key it is cancelled and stays: the same request, sent again, finds it and is refused
 * again. A task that was there before is not touched, for the client has its id.
 */
export async function withdrawTask(
  { gateway, logger }: Pick<AppDeps, 'gateway' | 'logger'>,
  { documentId, isKeyed, isReplayed }: AcceptedTask,
): Promise<void> {
  if (isReplayed) return
  try {
    if (isKeyed) await gateway.cancel(documentId)
    else await gateway.delete(documentId)
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    // The client is to learn why it was refused; what is left is a task that nobody knows of.
    const line = { documentId, code: codeOf(error), err: coerceError(error) }
    logger.warn(line, 'cannot withdraw a refused task')
  }
}

/**
 * Refuses a task again that {@link withdrawTask} has cancelled for want of pages. That a task was
 * cancelled for want of pages is noted nowhere: it is taken for one while there are too few.
 *
 * @throws {OcrError} `QUOTA_EXCEEDED`
 */
export async function requireNotWithdrawn(
  { gateway }: Pick<AppDeps, 'gateway'>,
  { documentId, allowance }: AcceptedTask,
): Promise<void> {
  if (!allowance.isLimited) return
  const status = await gateway.status(documentId).catch((error: unknown) => {
    // It was accepted before: that a look at it fails does not take that back.
    if (error instanceof OcrError) return null
    throw error
  })
  if (status === null) return
  const { state, progress } = status
  if (state === 'cancelled' || state === 'cancelling')
    allowance.require(Math.max(1, progress.totalPages))
}
