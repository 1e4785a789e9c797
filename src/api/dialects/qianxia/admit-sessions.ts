import type { AppDeps } from '../../app-deps.ts'
import { callerOf, noteCaller } from '../../guards/caller.ts'
import type { RouteGuard } from '../../http/route.ts'
import { readCaller } from './session.ts'

/**
 * Admits users of the dialect who have no API key, to its own routes alone: their name and password are
 * as good. Throws `STORAGE_UNAVAILABLE`.
 */
export function admitSessions(deps: AppDeps): RouteGuard {
  return ({ isOpen }) => {
    if (isOpen === true || !deps.callers.areKeysNeeded) return null
    return async (request, _response, next) => {
      if (!callerOf(request).isAdmitted) {
        const { owner, user } = await readCaller(request, deps)
        if (user !== null)
          noteCaller(request, { owner, name: user.username, isAdmitted: true, hasWrongKey: false })
      }
      next()
    }
  }
}
