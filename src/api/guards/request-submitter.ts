import type { Request } from 'express'
import type { Secret } from '../../platform/secret.ts'
import { submitterOf } from '../gateway/submitter.ts'
import { callerOf } from './caller.ts'

/** Makes what gives the opaque id that a request is counted by: of its caller, else of its address. */
export function createRequestSubmitter(signingSecret: Secret): (request: Request) => string {
  const secret = signingSecret.reveal()
  return (request) => {
    const { owner } = callerOf(request)
    return submitterOf(secret, { owner, senderAddress: request.ip ?? null })
  }
}
