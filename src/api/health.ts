import { z } from 'zod'
import type { AppDeps } from './app-deps.ts'
import { route, type Route } from './http/route.ts'
import { readReadiness } from './readiness.ts'

/** A process whose event loop is later than this does not count as alive. */
const MAX_LOOP_LAG_MS = 1_000

const NO_STORE = { 'Cache-Control': 'no-store' } as const

const liveSchema = z.strictObject({ status: z.enum(['ok', 'late']), lag_ms: z.int() })

const readySchema = z
  .strictObject({
    status: z.enum(['ready', 'unready']),
    missing: z.array(z.string()).meta({ description: 'What has to come before this is ready' }),
    absent_pollers: z
      .array(z.string())
      .meta({ description: 'Task queues that nobody works on; not fatal' }),
  })
  .meta({ id: 'Readiness' })

/** `/livez`, `/readyz` and `/version`. */
export function healthRoutes(deps: AppDeps, version: string): Route[] {
  return [
    route({
      method: 'get',
      path: '/livez',
      tag: 'operations',
      isOpen: true,
      summary: 'Whether this process is alive',
      responses: {
        200: { description: 'Alive', schema: liveSchema },
        503: { description: 'The event loop is late', schema: liveSchema },
      },
      handler() {
        const lagMs = Math.round(deps.loop.lagMs())
        const isLate = lagMs >= MAX_LOOP_LAG_MS
        return {
          status: isLate ? 503 : 200,
          body: { status: isLate ? 'late' : 'ok', lag_ms: lagMs },
          headers: { ...NO_STORE, ...(isLate ? { 'Retry-After': '5' } : {}) },
        }
      },
    }),
    route({
      method: 'get',
      path: '/readyz',
      tag: 'operations',
      isOpen: true,
      summary: 'Whether documents can be taken and worked on',
      responses: {
        200: { description: 'Ready', schema: readySchema },
        503: { description: 'Something is missing', schema: readySchema },
      },
      async handler() {
        const { missing, absentPollers } = await readReadiness({
          gateway: deps.gateway,
          freeDiskBytes: deps.freeDiskBytes,
          minFreeDiskBytes: deps.config.api.limits.minFreeDiskBytes,
          isStopping: deps.stopping.aborted,
        })
        const isReady = missing.length === 0
        return {
          status: isReady ? 200 : 503,
          body: {
            status: isReady ? 'ready' : 'unready',
            missing,
            absent_pollers: absentPollers,
          },
          headers: { ...NO_STORE, ...(isReady ? {} : { 'Retry-After': '5' }) },
        }
      },
    }),
    route({
      method: 'get',
      path: '/version',
      tag: 'operations',
      isOpen: true,
      summary: 'Version of this program',
      responses: {
        200: {
          description: 'Version',
          schema: z.strictObject({ name: z.string(), version: z.string(), node: z.string() }),
        },
      },
      handler: () => ({
        status: 200,
        body: { name: 'durable-ocr', version, node: process.version },
        headers: NO_STORE,
      }),
    }),
  ]
}
