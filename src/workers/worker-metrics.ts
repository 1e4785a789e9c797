import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { CircuitState, OcrEngine } from '../engines/engine.ts'
import { watchProcessEvents } from '../platform/guarded-process-events.ts'
import { safely } from '../platform/metrics/safely.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { meteredBlobStore } from '../storage/metered-blob-store.ts'

const CIRCUIT_VALUE: Readonly<Record<CircuitState, number>> = {
  closed: 0,
  'half-open': 1,
  open: 2,
}

/** Tells whether the server of each engine takes pages; asked when Prometheus asks. */
export function gaugeCircuits(registry: Registry, engines: () => readonly OcrEngine[]): void {
  const gauge = new Gauge({
    name: 'ocr_engine_circuit_state',
    help: 'Circuit breaker before the server of an engine: 0 closed, 1 half-open, 2 open',
    labelNames: ['engine'],
    registers: [registry],
    collect() {
      for (const engine of engines()) {
        const state = engine.circuit?.()
        if (state !== undefined) gauge.set({ engine: engine.id }, CIRCUIT_VALUE[state])
      }
    },
  })
}

/** Counts guarded processes until it is disposed. */
export function countChildren(registry: Registry): Disposable {
  const registers = [registry]
  const running = new Gauge({
    name: 'ocr_children_running',
    help: 'Guarded processes that run',
    labelNames: ['program'],
    registers,
  })
  const ended = new Counter({
    name: 'ocr_children_ended_total',
    help: 'Guarded processes that ended: done, failed, disposed, or killed for memory, time, abort, output, garbage',
    labelNames: ['program', 'reason'],
    registers,
  })
  return watchProcessEvents(({ program: name, end }) =>
    safely(() => {
      const program = name.replace(/^the /, '')
      if (end === null) running.inc({ program })
      else {
        running.dec({ program })
        ended.inc({ program, reason: end })
      }
    }),
  )
}

/** The store, whose bytes are counted. */
export function countStoreBytes(registry: Registry, store: BlobStore): BlobStore {
  const registers = [registry]
  const bytes = {
    read: new Counter({
      name: 'ocr_store_read_bytes_total',
      help: 'Bytes that were read from the store',
      registers,
    }),
    written: new Counter({
      name: 'ocr_store_written_bytes_total',
      help: 'Bytes that were written to the store',
      registers,
    }),
  }
  return meteredBlobStore(store, (traffic, count) => safely(() => bytes[traffic].inc(count)))
}
