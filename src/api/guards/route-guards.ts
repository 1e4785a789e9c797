import type { RouteGuard } from '../http/route.ts'

/** What stands before every route of every dialect, in the order in which it is asked. */
export function createRouteGuards(): readonly RouteGuard[] {
  return []
}
