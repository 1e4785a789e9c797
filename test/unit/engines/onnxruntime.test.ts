import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

describe('onnxruntime-node', () => {
  it('is pinned to 1.27.0, the newest line that sends no telemetry', () => {
    const text = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(text)

    assert.equal(dependencies['onnxruntime-node'], '1.27.0')
  })
})
