import type { NextFunction, Request, Response } from 'express'
import { OcrError } from '../../platform/errors.ts'
import { RequestError } from './request-error.ts'

/**
 * Ends the routes of a router: 405 with `Allow` where another method would have been right, 204 for
 * `OPTIONS` there, 404 everywhere else.
 *
 * @throws {OcrError} `METHOD_NOT_ALLOWED`, `NOT_FOUND`
 */
export function refuseUnknown(req: Request, res: Response, _next: NextFunction): void {
  const allow: unknown = res.locals['allow']
  if (!Array.isArray(allow)) throw new OcrError('NOT_FOUND', 'Cannot route request: no such path')
  res.setHeader('Allow', [...allow, 'OPTIONS'].join(', '))
  if (req.method !== 'OPTIONS')
    throw new OcrError('METHOD_NOT_ALLOWED', 'Cannot route request: no such method')
  res.status(204).end()
}

/**
 * Refuses compressed bodies: inflating them is what a gzip bomb needs.
 *
 * @throws {RequestError} `REQUEST_MALFORMED` with status 415
 */
export function refuseCompressedBody(req: Request, _res: Response, next: NextFunction): void {
  const encoding = req.get('content-encoding') ?? 'identity'
  if (encoding.toLowerCase() !== 'identity')
    throw new RequestError('the body must not be compressed', { httpStatus: 415 })
  next()
}
