import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { Router } from 'express'
import { FAILURES } from '../contract/failures.ts'
import type { AppDeps } from './app-deps.ts'
import { deepseekHealth } from './dialects/deepseek/health.ts'
import { deepseekInfo } from './dialects/deepseek/info.ts'
import { gpuStatusOrNone } from './gpu-status.ts'
import { handleFailures, type PublicFailure } from './http/problem-response.ts'
import { RequestError } from './http/request-error.ts'
import { guardsOf, OPEN_PAGE } from './http/route.ts'
import { refuseUnknown } from './http/unknown-route.ts'

/** The dialects, and the page, that meet at one path of the root. */
export type RootDialects = {
  readonly dots: RequestHandler
  readonly deepseek: RequestHandler
  /** The web page. */
  readonly page: RequestHandler
}

/**
 * The three paths that several dialects document at the root: `POST /ocr` goes by its content type,
 * `GET /health` answers what each of them promises, `GET /` is the page for browsers and DeepSeek's
 * JSON for programs.
 */
export function createRootDispatch(deps: AppDeps, dialects: RootDialects): Router {
  const router = Router({ caseSensitive: true })
  const guards = guardsOf(OPEN_PAGE, deps)
  router.get('/', ...guards, (req: Request, res: Response, next: NextFunction) => {
    res.vary('Accept')
    if (req.accepts(['json', 'html']) === 'html') dialects.page(req, res, next)
    else res.json(deepseekInfo)
  })
  router.get('/health', ...guards, (_req: Request, res: Response) => answerHealth(deps, res))
  router.post('/ocr', (req: Request, res: Response, next: NextFunction) => {
    const contentType = req.get('content-type') ?? ''
    // By the header alone: what is wrong with the body is for the dialect to say.
    if (/^application\/json\s*(?:;|$)/i.test(contentType)) dialects.dots(req, res, next)
    else if (/^multipart\/form-data\s*(?:;|$)/i.test(contentType)) dialects.deepseek(req, res, next)
    else
      throw new RequestError('expected application/json (dots) or multipart/form-data (DeepSeek)', {
        httpStatus: 415,
      })
  })
  for (const [path, method] of [
    ['/', 'GET'],
    ['/health', 'GET'],
    ['/ocr', 'POST'],
  ] as const)
    router.all(path, (req, res, next) => {
      res.locals['allow'] = method === 'GET' ? ['GET', 'HEAD'] : [method]
      refuseUnknown(req, res, next)
    })
  router.use(handleFailures(writeBothEnvelopes, deps.logger))
  return router
}

/** One object that keeps what the three documents promise. */
async function answerHealth({ gpuStatus }: AppDeps, res: Response): Promise<void> {
  const [dots, deepseek] = await Promise.all([
    gpuStatusOrNone(gpuStatus, 'dots'),
    gpuStatusOrNone(gpuStatus, 'deepseek'),
  ])
  res.json({
    ...deepseekHealth(deepseek),
    status: 'healthy',
    model_loaded: dots.isReady || deepseek.isReady,
    timestamp: new Date().toISOString(),
  })
}

/** The envelopes of dots and DeepSeek at once. */
function writeBothEnvelopes(
  { code, detail, httpStatus }: PublicFailure,
  _req: Request,
  res: Response,
): void {
  const text = detail ?? FAILURES[code].title
  res.status(httpStatus).json({ error: text, detail: text, detail_code: code })
}
