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
 * Pages that one request may still use. They are asked for once, before anything is submitted, so that
 * no task of the request is among those that are used up already.
 */
export class PageAllowance {
  #leftPages: number

  /** @param pages `Infinity` for a caller who has no quota */
  constructor(pages: number) {
    this.#leftPages = pages
  }

  /** Whether there is anything that is refused. */
  get isLimited(): boolean {
    return this.#leftPages !== Number.POSITIVE_INFINITY
  }

  /** Refuses what there are no pages left for. @throws {OcrError} `QUOTA_EXCEEDED` */
  require(pages: number): void {
    if (pages <= this.#leftPages) return
    throw new OcrError('QUOTA_EXCEEDED', 'Cannot accept task: the pages of the user are used up', {
      publicDetail: `配额不足: 需要${pages}页，剩余${this.#leftPages}页`,
    })
  }

  /** Uses pages. @throws {OcrError} `QUOTA_EXCEEDED`; none is used then */
  take(pages: number): void {
    this.require(pages)
    this.#leftPages -= pages
  }

  /** Takes back the use of pages. */
  giveBack(pages: number): void {
    this.#leftPages += pages
  }
}

/**
 * The pages that a caller has left. A caller without a session has no quota.
 *
 * @throws {OcrError} `SERVICE_UNAVAILABLE`
 */
export async function readAllowance(
  deps: QuotaDeps,
  { owner, user }: Caller,
): Promise<PageAllowance> {
  if (user === null) return new PageAllowance(Number.POSITIVE_INFINITY)
  return new PageAllowance((await quotaOf(deps, { owner, user })).remainingPages)
}
