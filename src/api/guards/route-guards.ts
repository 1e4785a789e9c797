import type { Request } from 'express'
import type { ApiConfig } from '../../config/config.ts'
import type { RouteGuard } from '../http/route.ts'
import type { Secret } from '../../platform/secret.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import { submitterOf } from '../gateway/submitter.ts'
import { createAdmissionGuard } from '../limits/admission-guard.ts'
import { createRateLimits } from '../limits/rate-limits.ts'
import { requireAllowedHost } from './allowed-host.ts'
import { requireAllowedOrigin } from './allowed-origin.ts'
import { callerOf } from './caller.ts'
import type { Callers } from './callers.ts'
import { requireKey } from './require-key.ts'

/** What the guards work with. */
export type GuardDeps = {
  readonly api: Pick<ApiConfig, 'host' | 'publicUrl' | 'internalUrl' | 'access' | 'limits'>
  readonly callers: Callers
  readonly gateway: Pick<DocumentGateway, 'requireRoom'>
  readonly signingSecret: Secret
}

/** What stands before every route of every dialect, in the order in which it is asked. */
export function createRouteGuards(deps: GuardDeps): readonly RouteGuard[] {
  const { api, callers, gateway, signingSecret } = deps
  const secret = signingSecret.reveal()
  const submitter = (request: Request): string => {
    const { owner } = callerOf(request)
    return submitterOf(secret, { owner, senderAddress: request.ip ?? null })
  }
  return [
    requireAllowedHost(api),
    requireAllowedOrigin(api),
    requireKey(callers),
    createRateLimits({ limits: api.limits, submitterOf: submitter }),
    createAdmissionGuard({ gateway, submitterOf: submitter }),
  ]
}
