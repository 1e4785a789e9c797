import { Router, type RequestHandler } from 'express'
import { withOwnDocuments, type OwnedDeps } from '../gateway/documents-of.ts'
import { callerOf } from './caller.ts'

/** What routes work with, for one caller. */
export type CallerDeps<Deps> = {
  /** All documents, for routes that know users of their own. */
  readonly all: Deps
  /** The caller's documents alone. */
  readonly own: Deps
}

/**
 * Leads every request to the routes of its caller, which know no documents but his. They are made when
 * he asks for the first time; callers are as few as keys are set up.
 */
export function routerPerCaller<Deps extends OwnedDeps>(
  deps: Deps,
  create: (deps: CallerDeps<Deps>) => RequestHandler,
): Router {
  const made = new Map<string | null, RequestHandler>()
  const routerOf = (owner: string | null): RequestHandler => {
    const known = made.get(owner)
    if (known !== undefined) return known
    const all = { ...deps, owner }
    const router = create({ all, own: withOwnDocuments(all) })
    made.set(owner, router)
    return router
  }
  const router = Router({ caseSensitive: true })
  router.use((request, response, next) => {
    const { owner } = callerOf(request)
    if (owner === null) next()
    // What is none of his goes on behind this router, and not to the routes of nobody.
    else routerOf(owner)(request, response, (error?: unknown) => next(error ?? 'router'))
  })
  router.use(routerOf(null))
  return router
}
