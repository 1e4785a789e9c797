import type { IncomingMessage } from 'node:http'
import express, { type Request } from 'express'
import type { ApiConfig } from '../../config/config.ts'
import { createHostRule } from './allowed-host.ts'
import { createOriginRule } from './allowed-origin.ts'
import type { RateLimits } from '../limits/rate-limits.ts'
import { noteCaller, type Caller } from './caller.ts'
import type { Callers } from './callers.ts'

/** Who asks for a socket, and whether a page may. */
export type UpgradeFacts = {
  /** As the routes would have it, with what trusted proxies say. */
  readonly request: Request
  readonly caller: Caller
  /** Why nobody gets a socket from there; `null`: he may, if he is admitted. */
  readonly refusal: 'HOST_NOT_ALLOWED' | 'ORIGIN_NOT_ALLOWED' | null
  /**
   * To be called once he is admitted.
   *
   * @throws {OcrError} `RATE_LIMITED`
   */
  readonly count: () => Promise<void>
}

/** What it takes to judge upgrades. */
export type UpgradeAccessOptions = {
  readonly api: Pick<ApiConfig, 'host' | 'publicUrl' | 'internalUrl' | 'access'>
  readonly callers: Callers
  readonly rateLimits: Pick<RateLimits, 'countUpgrade'>
}

/** Makes what judges upgrade requests by the same rules as all others. */
export function createUpgradeAccess({
  api,
  callers,
  rateLimits,
}: UpgradeAccessOptions): (request: IncomingMessage) => UpgradeFacts {
  const app = express().set('trust proxy', api.access.trustProxy)
  const isHostAllowed = createHostRule(api)
  const isOriginAllowed = createOriginRule(api)
  return (upgrade) => {
    // What Express itself does with every request that it handles.
    Object.setPrototypeOf(upgrade, app.request)
    // By its new prototype it is one.
    const request = upgrade as Request
    const caller = callers.identify(request)
    noteCaller(request, caller)
    const facts = { request, caller, count: () => rateLimits.countUpgrade(request) }
    if (!isHostAllowed(request)) return { ...facts, refusal: 'HOST_NOT_ALLOWED' }
    if (!isOriginAllowed(request)) return { ...facts, refusal: 'ORIGIN_NOT_ALLOWED' }
    return { ...facts, refusal: null }
  }
}
