import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { CookieOptions, Request, Response } from 'express'
import type { DocumentStatus } from '../../../contract/document-status.ts'
import { OcrError } from '../../../platform/errors.ts'
import type { AppDeps } from '../../app-deps.ts'
import { readAccount, type Account } from './accounts.ts'

/** Name of the session cookie. */
export const SESSION_COOKIE = 'ocr_session'

const SESSION_MS = 30 * 24 * 3_600_000

// A cookie of ours is far below; longer ones are not looked at.
const MAX_COOKIE_LENGTH = 1_000

/** Who asks. */
export type Caller = {
  /** Owner of the documents that the caller may see: the user, else the holder of the API key; `null`: nobody. */
  readonly owner: string | null
  /** `null` without a session. */
  readonly user: User | null
}

/** Somebody with a session. */
export type User = {
  readonly userId: string
  readonly username: string
  readonly isAdmin: boolean
}

/** What sessions work with. */
export type SessionDeps = CookieDeps & Pick<AppDeps, 'owner'>

/** What their cookies are made with. */
export type CookieDeps = Pick<AppDeps, 'config' | 'signingSecret' | 'store'>

/**
 * Reads who asks from the session cookie. A cookie that is not ours, too old, or of an account that
 * was removed is no session.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`, only with a cookie of ours
 */
export async function readCaller(
  request: { readonly headers: IncomingHttpHeaders },
  deps: SessionDeps,
): Promise<Caller> {
  const cookie = sessionCookieOf(request.headers.cookie ?? '')
  const session = cookie === null ? null : readToken(deps, cookie)
  const nobody: Caller = { owner: deps.owner, user: null }
  if (session === null) return nobody
  const account = await readAccount(deps.store, session.username)
  if (account === null || account.userId !== session.userId) return nobody
  const { userId, username, isAdmin } = account
  return { owner: `qianxia:${userId}`, user: { userId, username, isAdmin } }
}

/**
 * Reads who asks where tasks are concerned: with login required, nobody without a session gets in.
 *
 * @throws {OcrError} `UNAUTHORIZED`, `STORAGE_UNAVAILABLE`
 */
export async function requireCaller(
  request: { readonly headers: IncomingHttpHeaders },
  deps: SessionDeps,
): Promise<Caller> {
  const caller = await readCaller(request, deps)
  if (caller.user === null && deps.config.api.qianxia.requiresLogin) throw notLoggedIn()
  return caller
}

/**
 * Reads who asks where a user is needed, whatever is required elsewhere.
 *
 * @throws {OcrError} `UNAUTHORIZED`, `STORAGE_UNAVAILABLE`
 */
export async function requireUser(
  request: { readonly headers: IncomingHttpHeaders },
  deps: SessionDeps,
): Promise<Caller & { readonly user: User }> {
  const { owner, user } = await readCaller(request, deps)
  if (user === null) throw notLoggedIn()
  return { owner, user }
}

/** Tells whether a document is one of the caller's tasks; all others are unknown to him. */
export function isTaskOf(
  caller: Caller,
  status: Pick<DocumentStatus, 'dialect' | 'owner'>,
): boolean {
  return status.dialect === 'qianxia' && status.owner === caller.owner
}

/** Starts a session: 30 days, in a signed cookie that scripts cannot read. */
export function startSession(
  deps: CookieDeps,
  account: Account,
  { request, response }: { readonly request: Request; readonly response: Response },
): void {
  const endsAtMs = Date.now() + SESSION_MS
  const token = writeToken(deps, { userId: account.userId, username: account.username, endsAtMs })
  const options = cookieOptions(deps, request)
  response.cookie(SESSION_COOKIE, token, { ...options, maxAge: SESSION_MS })
}

/** Takes the session cookie back. A copy of it stays good: nothing is kept of sessions. */
export function endSession(deps: CookieDeps, request: Request, response: Response): void {
  response.clearCookie(SESSION_COOKIE, cookieOptions(deps, request))
}

function cookieOptions({ config }: CookieDeps, request: Request): CookieOptions {
  // Behind a proxy that ends TLS only the configured address tells.
  const secure = request.secure || (config.api.publicUrl?.startsWith('https:') ?? false)
  return { path: '/', httpOnly: true, sameSite: 'lax', secure }
}

/** What the cookie holds. */
type Session = {
  readonly userId: string
  readonly username: string
  readonly endsAtMs: number
}

function writeToken(deps: CookieDeps, session: Session): string {
  const content = Buffer.from(
    JSON.stringify([session.userId, session.username, session.endsAtMs]),
  ).toString('base64url')
  return `${content}.${signature(deps, content).toString('base64url')}`
}

function readToken(deps: CookieDeps, token: string): Session | null {
  const match = /^([\w-]+)\.([\w-]{43})$/.exec(token)
  const [, content, signed] = match ?? []
  if (content === undefined || signed === undefined) return null
  const given = Buffer.from(signed, 'base64url')
  if (!timingSafeEqual(given, signature(deps, content))) return null
  // Signed by us, so it is what `writeToken` wrote.
  const [userId, username, endsAtMs] = JSON.parse(
    Buffer.from(content, 'base64url').toString('utf8'),
  ) as [string, string, number]
  return endsAtMs > Date.now() ? { userId, username, endsAtMs } : null
}

function signature({ signingSecret }: CookieDeps, content: string): Buffer {
  // The prefix separates this use of the secret from others.
  return createHmac('sha256', signingSecret.reveal())
    .update(`durable-ocr qianxia session\n${content}`)
    .digest()
}

function sessionCookieOf(header: string): string | null {
  for (const pair of header.split(';')) {
    const [name, value] = pair.split('=', 2)
    if (name?.trim() === SESSION_COOKIE)
      return value === undefined || value.length > MAX_COOKIE_LENGTH ? null : value.trim()
  }
  return null
}

function notLoggedIn(): OcrError {
  return new OcrError('UNAUTHORIZED', 'Cannot serve request: no session', {
    publicDetail: '未登录',
  })
}
