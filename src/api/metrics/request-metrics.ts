import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { Request, RequestHandler, Response } from 'express'
import { FAILURES, type FailureCode } from '../../contract/failures.ts'
import { safely } from '../../platform/metrics/safely.ts'
import { routeTemplateOf } from '../http/access-log.ts'
import { notedFailure } from '../http/request-context.ts'
import { receivedBytesOf } from '../uploads/byte-guard.ts'

/** From an answer out of memory to a synchronous dialect's whole document, or a long poll. */
const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/** All that matters are those that are routed; the rest shares a label, whatever clients invent. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Streams of server-sent events that are open now, and a handler that counts requests. */
export type RequestMetrics = {
  readonly countRequest: RequestHandler
  readonly openStreams: () => number
}

/**
 * Counts and times requests by route pattern, method and class of status; `aborted` where the client
 * left before the answer was out. Failures are counted by their code, too: by which limit callers are
 * refused no status tells.
 *
 * @param secretSegment A path segment that is a password, and becomes no label
 */
export function createRequestMetrics(registry: Registry, secretSegment: string): RequestMetrics {
  const registers = [registry]
  const open = new Set<Response>()
  const seconds = new Histogram({
    name: 'ocr_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers,
  })
  const failures = new Counter({
    name: 'ocr_http_failures_total',
    help: 'Requests that were answered with a failure, by its code',
    labelNames: ['code'],
    registers,
  })
  const uploaded = new Counter({
    name: 'ocr_upload_bytes_total',
    help: 'Bytes of uploads that were received, those that were refused included',
    registers,
  })
  const inFlight = new Gauge({
    name: 'ocr_http_requests_in_flight',
    help: 'Requests whose answer is not out, open streams included',
    registers,
    collect() {
      inFlight.set(open.size)
    },
  })
  const note = (req: Request, res: Response, startedAtMs: number): void => {
    const labels = {
      route: routeTemplateOf(req, secretSegment) ?? 'unmatched',
      method: METHODS.includes(req.method) ? req.method : 'other',
      status: res.writableFinished ? statusClassOf(res) : 'aborted',
    }
    const code = notedFailure(res)
    if (code !== null) failures.inc({ code })
    seconds.observe(labels, (performance.now() - startedAtMs) / 1000)
    uploaded.inc(receivedBytesOf(req))
  }
  return {
    countRequest(req, res, next) {
      const startedAtMs = performance.now()
      open.add(res)
      res.once('close', () => {
        open.delete(res)
        safely(() => note(req, res, startedAtMs))
      })
      next()
    },
    openStreams: () => [...open].filter(isEventStream).length,
  }
}

/** A failure of the caller's own is none of the service, with whatever status a dialect tells it. */
function statusClassOf(res: Response): string {
  const code = notedFailure(res)
  const isCallers = code !== null && isFailureOfCaller(code)
  return isCallers && res.statusCode >= 500 ? '4xx' : `${Math.floor(res.statusCode / 100)}xx`
}

function isFailureOfCaller(code: FailureCode): boolean {
  return code === 'QUOTA_EXCEEDED' || FAILURES[code].httpStatus < 500
}

function isEventStream(res: Response): boolean {
  return res.headersSent && String(res.getHeader('content-type')).startsWith('text/event-stream')
}
