import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { warnOfOpenService } from '../../../../src/api/guards/open-service.ts'
import type { AccessConfig } from '../../../../src/config/access-config.ts'
import { createRootLogger } from '../../../../src/platform/logger.ts'
import { KEYED_ACCESS, OPEN_ACCESS } from '../../../support/api-keys.ts'

function warningsOf(host: string, access: AccessConfig): readonly string[] {
  const lines: string[] = []
  const logger = createRootLogger({ write: (line) => void lines.push(line) })
  warnOfOpenService({ host, access }, logger)
  return lines.map((line) => JSON.parse(line).msg)
}

describe('a service that anybody can reach and use', () => {
  it('is warned of in one line', () => {
    for (const host of ['0.0.0.0', '::', '10.0.0.7', 'ocr.example.com']) {
      const warnings = warningsOf(host, OPEN_ACCESS)

      assert.equal(warnings.length, 1, host)
      assert.match(warnings[0] ?? '', /OCR_API_KEYS/)
    }
  })

  it('is not what keys or the listening address make of it', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1'])
      assert.deepEqual(warningsOf(host, OPEN_ACCESS), [], host)
    assert.deepEqual(warningsOf('0.0.0.0', KEYED_ACCESS), [])
  })
})
