import type { NextFunction, Request, RequestHandler, Response } from 'express'
import type { Logger } from 'pino'
import { notedDocument, requestIdOf } from './request-context.ts'

/**
 * Writes one line per request when its answer is out or its client gone.
 *
 * The line names the route's pattern and the document's id. The path itself, which may hold what a
 * client typed, is written at debug level only, and the query string never: it may hold a signature.
 *
 * @param secretSegment A path segment that is a password, and is written as `[password]`
 */
export function accessLog(logger: Logger, secretSegment = ''): RequestHandler {
  return (req: Request, res: Response, next: NextFunction): void => {
    const startedAtMs = performance.now()
    res.once('close', () => {
      const line = {
        requestId: requestIdOf(res),
        method: req.method,
        route: routeTemplateOf(req, secretSegment),
        status: res.statusCode,
        durationMs: Math.round(performance.now() - startedAtMs),
        documentId: notedDocument(res) ?? undefined,
        isAborted: res.writableFinished ? undefined : true,
      }
      logger.info(line, 'request')
      if (logger.isLevelEnabled('debug'))
        logger.debug(
          {
            requestId: line.requestId,
            path: hideSegment(shownPath(req), secretSegment),
          },
          'path',
        )
    })
    next()
  }
}

/**
 * Pattern of the route that answered, never what a client typed; `null` when no route did.
 *
 * @param secretSegment A path segment that is a password, and is given as `[password]`
 */
export function routeTemplateOf(req: Request, secretSegment: string): string | null {
  return hideSegment(routeOf(req), secretSegment)
}

/** Path that was asked for, without its query string. */
export function pathOf(req: Request): string {
  return req.originalUrl.split('?', 1)[0] ?? '/'
}

/** Addresses that only one worker knows stay out of the log. */
function shownPath(req: Request): string {
  const path = pathOf(req)
  return path.startsWith('/internal/') ? '/internal/…' : path.slice(0, 1_024)
}

function hideSegment(path: string | null, secret: string): string | null {
  if (path === null || secret === '') return path
  return path
    .split('/')
    .map((segment) => (decodedSegment(segment) === secret ? '[password]' : segment))
    .join('/')
}

function decodedSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function routeOf(req: Request): string | null {
  // `route` is `any` in Express' types: set by the router that answered.
  const route: unknown = req.route
  const hasPath = typeof route === 'object' && route !== null && 'path' in route
  return hasPath && typeof route.path === 'string' ? req.baseUrl + route.path : null
}
