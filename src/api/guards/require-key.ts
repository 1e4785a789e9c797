import type { RouteGuard } from '../http/route.ts'
import { callerOf } from './caller.ts'
import type { Callers } from './callers.ts'

/** Lets who is admitted use what is not open to everybody. Throws `UNAUTHORIZED`, `RATE_LIMITED`. */
export function requireKey(callers: Callers): RouteGuard {
  return ({ isOpen }) => {
    if (isOpen === true || !callers.areKeysNeeded) return null
    return (request, response, next) => {
      const caller = callerOf(request)
      if (!caller.isAdmitted) {
        response.setHeader('WWW-Authenticate', 'Bearer')
        throw callers.refusalOf(request, caller)
      }
      next()
    }
  }
}
