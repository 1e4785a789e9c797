import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chooseMetricsPorts } from '../../../scripts/start/metrics-ports.ts'
import { loadConfig } from '../../../src/config/config.ts'

const nothing = { taken: [8080], metrics: undefined, sdk: undefined }

describe('the ports of /metrics under npm start', () => {
  for (const { what, set, ports } of [
    { what: 'nothing is set', set: {}, ports: [9464, 9465, 9466] },
    { what: 'OCR_PORT=9464', set: { taken: [9464] }, ports: [9465, 9466, 9467] },
    { what: 'OCR_PORT=9465', set: { taken: [9465] }, ports: [9464, 9466, 9467] },
    { what: 'OCR_METRICS_PORT=9465', set: { metrics: 9465 }, ports: [9465, 9466, 9467] },
    { what: 'OCR_METRICS_PORT=9466', set: { metrics: 9466 }, ports: [9466, 9467, 9468] },
    { what: 'OCR_SDK_METRICS_PORT=9465', set: { sdk: 9465 }, ports: [9464, 9466, 9465] },
    { what: 'OCR_METRICS_PORT=off', set: { metrics: null }, ports: [null, null, 9466] },
    { what: 'OCR_METRICS_PORT=65535', set: { metrics: 65_535 }, ports: [65_535, null, 9466] },
  ])
    it(`step aside instead of refusing to start: ${what}`, () => {
      const chosen = chooseMetricsPorts({ ...nothing, ...set })

      assert.deepEqual([chosen.api, chosen.worker, chosen.sdk], ports)
      const shown = (port: number | null) => (port === null ? 'off' : String(port))
      const OCR_PORT = String(set.taken?.[0] ?? 8080)
      loadConfig({ OCR_PORT, OCR_METRICS_PORT: shown(chosen.api), OCR_SDK_METRICS_PORT: 'off' })
      loadConfig({
        OCR_PORT,
        OCR_METRICS_PORT: shown(chosen.worker),
        OCR_SDK_METRICS_PORT: shown(chosen.sdk),
      })
    })
})
