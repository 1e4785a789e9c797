import { randomUUID } from 'node:crypto'
import type { NextFunction, Request, Response } from 'express'
import { isFailureCode, type FailureCode } from '../../contract/failures.ts'
import { parseDocumentId, type DocumentId } from '../../contract/identifiers.ts'

const REQUEST_ID = 'X-Request-Id'

// What a proxy may send; anything else could break log lines or headers further down.
const SANE_REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/

// An answered request whose body still arrives gets this long to end before its socket is closed.
const UNREAD_BODY_GRACE_MS = 1_000

/** Gives every answer an `X-Request-Id`: the client's, when it is a sane one, or a new UUID. */
export function assignRequestId(req: Request, res: Response, next: NextFunction): void {
  const given = req.get(REQUEST_ID)
  res.setHeader(
    REQUEST_ID,
    given !== undefined && SANE_REQUEST_ID.test(given) ? given : randomUUID(),
  )
  next()
}

/** The request id that {@link assignRequestId} gave. */
export function requestIdOf(res: Response): string {
  return String(res.getHeader(REQUEST_ID))
}

/** Remembers which document a request is about, for the access log and for problems. */
export function noteDocument(res: Response, documentId: DocumentId): void {
  res.locals['documentId'] = documentId
}

/** The document that {@link noteDocument} remembered. */
export function notedDocument(res: Response): DocumentId | null {
  const noted: unknown = res.locals['documentId']
  return typeof noted === 'string' ? parseDocumentId(noted) : null
}

/** Remembers what a request failed with, for the figures: dialects have statuses of their own. */
export function noteFailure(res: Response, code: FailureCode): void {
  res.locals['failureCode'] = code
}

/** The failure that {@link noteFailure} remembered. */
export function notedFailure(res: Response): FailureCode | null {
  const noted: unknown = res.locals['failureCode']
  return isFailureCode(noted) ? noted : null
}

/**
 * Closes the connection of a client that goes on sending a body after its request was answered.
 * Node would drain it to its end, which an endless body does not have.
 */
export function closeUnreadBody(req: Request, res: Response, next: NextFunction): void {
  res.once('finish', () => {
    if (req.complete) return
    setTimeout(() => {
      if (!req.complete) req.socket.destroy()
    }, UNREAD_BODY_GRACE_MS).unref()
  })
  next()
}

/** A signal that fires when the connection closes before the answer was sent. */
export function closedSignal(res: Response): AbortSignal {
  const controller = new AbortController()
  const onClose = (): void => {
    if (!res.writableFinished) controller.abort()
  }
  if (res.closed || res.destroyed) onClose()
  else res.once('close', onClose)
  return controller.signal
}

/** What Express knows of the host; its types do not say that there may be none. */
export type WithHost = { readonly host?: string }

/** Host and port that the client asked for, as a trusted proxy says; empty where nobody says. */
export function hostOf({ host = '' }: WithHost): string {
  return host
}

/**
 * `scheme://host` that the client reaches us at: the configured one, or what the request says, or a
 * proxy that is trusted.
 * A `Host` that is no host is replaced by the address of the socket.
 */
export function originOf(req: Request, publicUrl: string | null): string {
  if (publicUrl !== null) return publicUrl.replace(/\/$/, '')
  const host = hostOf(req)
  return `${req.protocol}://${/^[A-Za-z0-9.:[\]_-]{1,255}$/.test(host) ? host : localHost(req)}`
}

function localHost(req: Request): string {
  const { localAddress = '127.0.0.1', localPort = 80, localFamily } = req.socket
  return localFamily === 'IPv6' ? `[${localAddress}]:${localPort}` : `${localAddress}:${localPort}`
}
