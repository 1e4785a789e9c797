import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { Caller, User } from './session.ts'

/** Pages that the first user has at least. */
const ADMIN_PAGES = 1_000_000

/** What quotas work with. */
export type QuotaDeps = Pick<AppDeps, 'config' | 'gateway'>

/** Pages of a user; those of failed and cancelled tasks are not used. */
export type Quota = {
  readonly totalPages: number
  /** Of the last 30 days. */
  readonly usedPages: number
  readonly remainingPages: number
}

/**
 * The quota of a user. Soft: what was submitted within the last half minute may not count yet.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE`
 */
export async function quotaOf(
  deps: QuotaDeps,
  caller: Caller & { readonly user: User },
): Promise<Quota> {
  const { userPages } = deps.config.api.qianxia
  const totalPages = caller.user.isAdmin ? Math.max(ADMIN_PAGES, userPages) : userPages
  const usedPages = caller.owner === null ? 0 : await deps.gateway.pagesOf(caller.owner)
  return { totalPages, usedPages, remainingPages: Math.max(0, totalPages - usedPages) }
}

/**
 * Refuses what a caller has no pages left for. A caller without a session has no quota.
 *
 * @throws {OcrError} `QUOTA_EXCEEDED`, `SERVICE_UNAVAILABLE`
 */
export async function requirePages(deps: QuotaDeps, caller: Caller, pages: number): Promise<void> {
  const { owner, user } = caller
  if (user === null) return
  const { remainingPages } = await quotaOf(deps, { owner, user })
  if (pages <= remainingPages) return
  throw new OcrError('QUOTA_EXCEEDED', 'Cannot accept task: the pages of the user are used up', {
    publicDetail: `配额不足: 需要${pages}页，剩余${remainingPages}页`,
  })
}
