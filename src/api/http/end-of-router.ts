import type { NextFunction, Request, Response, Router } from 'express'
import type { Logger } from 'pino'
import { handleFailures, type FailureWriter } from './problem-response.ts'
import { refuseUnknown } from './unknown-route.ts'

/** How a router ends. */
export type RouterEnd = {
  /** Writes failures in the envelope of the router. */
  readonly write: FailureWriter
  readonly logger: Logger
  /**
   * Whether everything that reaches the router is its own: unknown paths are then answered in its
   * envelope too. Otherwise, beside other routers at one root, only its own paths are.
   */
  readonly isWhole: boolean
}

/** Ends a router after its routes: wrong methods, unknown paths, failures. */
export function endRouter(router: Router, { write, logger, isWhole }: RouterEnd): void {
  router.use(isWhole ? refuseUnknown : refuseWrongMethod, handleFailures(write, logger))
}

function refuseWrongMethod(req: Request, res: Response, next: NextFunction): void {
  if (Array.isArray(res.locals['allow'])) refuseUnknown(req, res, next)
  else next()
}
