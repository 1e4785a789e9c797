import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Counter, Gauge, Registry } from '@prometheus-io/client'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { serveMetrics } from '../../../../src/platform/metrics/serve-metrics.ts'
import { serve } from '../../../support/serve.ts'

function capture() {
  const lines: string[] = []
  return { lines, logger: createRootLogger({ write: (line) => void lines.push(line) }) }
}

const HOST = '127.0.0.1'

describe('serveMetrics', () => {
  it('answers the figures of its registry and those of the process', async () => {
    const registry = new Registry()
    new Counter({ name: 'ocr_example_total', help: 'x', registers: [registry] }).inc(3)
    await using server = await serveMetrics(registry, { host: HOST, port: 0, ...capture() })

    const response = await fetch(`http://${HOST}:${server.port}/metrics`)
    const text = await response.text()

    assert.equal(response.status, 200)
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
    assert.match(text, /^ocr_example_total 3$/m)
    assert.match(text, /^process_resident_memory_bytes \d+/m)
  })

  it('has nothing else', async () => {
    await using server = await serveMetrics(new Registry(), { host: HOST, port: 0, ...capture() })
    const url = `http://${HOST}:${server.port}`

    const others = [
      fetch(`${url}/`),
      fetch(`${url}/metrics/x`),
      fetch(`${url}/metrics`, { method: 'POST' }),
    ]

    for (const response of await Promise.all(others)) assert.equal(response.status, 404)
  })

  it('warns of a taken port and goes on without', async () => {
    const { lines, logger } = capture()
    await using taken = await serve(() => undefined)

    await using server = await serveMetrics(new Registry(), {
      host: HOST,
      port: taken.port,
      logger,
    })

    assert.equal(server.port, null)
    assert.partialDeepStrictEqual(JSON.parse(lines[0] ?? ''), { level: 40, port: taken.port })
    assert.match(lines[0] ?? '', /OCR_METRICS_PORT/)
  })

  it('answers 500 when a figure cannot be had, and lives on', async () => {
    const registry = new Registry()
    const { lines, logger } = capture()
    let isBroken = true
    const gauge: Gauge = new Gauge({
      name: 'ocr_example',
      help: 'x',
      registers: [registry],
      collect() {
        if (isBroken) throw new Error('broken')
      },
    })
    await using server = await serveMetrics(registry, { host: HOST, port: 0, logger })

    const broken = await fetch(`http://${HOST}:${server.port}/metrics`)
    isBroken = false
    gauge.set(1)
    const mended = await fetch(`http://${HOST}:${server.port}/metrics`)

    assert.equal(broken.status, 500)
    assert.equal(await broken.text(), '')
    assert.equal(mended.status, 200)
    assert.equal(lines.length, 1)
  })
})
