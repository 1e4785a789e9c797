import type { Request } from 'express'
import type { ApiConfig } from '../../config/config.ts'
import type { RouteGuard } from '../http/route.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import { createAdmissionGuard } from '../limits/admission-guard.ts'
import type { RateLimits } from '../limits/rate-limits.ts'
import { requireAllowedHost } from './allowed-host.ts'
import { requireAllowedOrigin } from './allowed-origin.ts'
import type { Callers } from './callers.ts'
import { requireKey } from './require-key.ts'

/** What the guards work with. */
export type GuardDeps = {
  readonly api: Pick<ApiConfig, 'host' | 'publicUrl' | 'internalUrl' | 'access'>
  readonly callers: Callers
  readonly gateway: Pick<DocumentGateway, 'requireRoom'>
  readonly rateLimits: Pick<RateLimits, 'guard'>
  /** Opaque id of who asks. */
  readonly submitterOf: (request: Request) => string
}

/** What stands before every route of every dialect, in the order in which it is asked. */
export function createRouteGuards(deps: GuardDeps): readonly RouteGuard[] {
  const { api, callers, gateway, rateLimits, submitterOf } = deps
  return [
    requireAllowedHost(api),
    requireAllowedOrigin(api),
    requireKey(callers),
    rateLimits.guard,
    createAdmissionGuard({ gateway, submitterOf }),
  ]
}
