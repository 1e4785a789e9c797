import type { Duplex } from 'node:stream'
import { Counter, Gauge, Registry } from '@prometheus-io/client'
import type { RequestHandler } from 'express'
import { safely } from '../../platform/metrics/safely.ts'
import type { DocumentGateway } from '../gateway/document-gateway.ts'
import type { Upgrades } from '../http/listen.ts'
import { gaugeDisk } from './disk-metrics.ts'
import { createRequestMetrics } from './request-metrics.ts'
import { gaugeTemporal, type TemporalSources } from './temporal-metrics.ts'

/** The figures of an api process. Counting never throws. */
export type ApiMetrics = {
  readonly registry: Registry
  readonly countRequest: RequestHandler
  /** The gateway, whose new documents are counted. */
  counted(gateway: DocumentGateway): DocumentGateway
  /** The same upgrades, whose open connections are counted. */
  countedUpgrades(upgrades: Upgrades): Upgrades
  /** Adds gauges of what waits, from Temporal. */
  askTemporal(sources: TemporalSources): void
}

/** What the figures of an api process are made of. */
export type ApiMetricsSources = {
  /** A path segment that is a password, and becomes no label. */
  readonly secretSegment: string
  /** Of the disks that uploads and the store need. */
  readonly freeDiskBytes: () => Promise<number>
}

/** Makes the figures of an api process in a registry of their own. */
export function createApiMetrics({ secretSegment, freeDiskBytes }: ApiMetricsSources): ApiMetrics {
  const registry = new Registry()
  const registers = [registry]
  gaugeDisk(registry, freeDiskBytes)
  const { countRequest, openStreams } = createRequestMetrics(registry, secretSegment)
  const sockets = new Set<Duplex>()
  const submitted = new Counter({
    name: 'ocr_documents_submitted_total',
    help: 'Documents that were accepted',
    labelNames: ['dialect', 'engine'],
    registers,
  })
  const live = new Gauge({
    name: 'ocr_live_connections',
    help: 'Open connections that follow documents',
    labelNames: ['transport'],
    registers,
    collect() {
      live.set({ transport: 'sse' }, openStreams())
      live.set({ transport: 'websocket' }, sockets.size)
    },
  })
  return {
    registry,
    countRequest,
    counted: (gateway) => ({
      ...gateway,
      async submit(submission) {
        const answer = await gateway.submit(submission)
        const { dialect, engine } = submission
        if (!answer.replayed) safely(() => submitted.inc({ dialect, engine }))
        return answer
      },
    }),
    countedUpgrades: (upgrades) => ({
      isMine: (request) => upgrades.isMine(request),
      upgrade(request, socket, head) {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
        upgrades.upgrade(request, socket, head)
      },
    }),
    askTemporal: (sources) => gaugeTemporal(registry, sources),
  }
}
