import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  isQianxiaServed,
  warnOfWeakPassword,
} from '../../../../../src/api/dialects/qianxia/is-served.ts'
import { createRootLogger } from '../../../../../src/platform/logger.ts'
import { Secret } from '../../../../../src/platform/secret.ts'
import { testApiConfig } from '../../../../support/api-config.ts'

function configWith(password: string, production: boolean) {
  const { qianxia } = testApiConfig()
  return {
    production,
    api: testApiConfig({ qianxia: { ...qianxia, password: new Secret(password) } }),
  }
}

function warningsOf(password: string, production: boolean): string[] {
  const lines: string[] = []
  const logger = createRootLogger({ write: (line) => void lines.push(line) })
  warnOfWeakPassword(configWith(password, production), logger)
  return lines.map((line) => JSON.parse(line).msg)
}

describe('isQianxiaServed', () => {
  it('asks for 12 characters in production only', () => {
    const served = ['pwd', 'password', '', 'eleven-char', 'twelve-chars'].map((password) => [
      isQianxiaServed(configWith(password, true)),
      isQianxiaServed(configWith(password, false)),
    ])

    assert.deepEqual(served, [
      [false, true],
      [false, true],
      [false, true],
      [false, true],
      [true, true],
    ])
  })
})

describe('warnOfWeakPassword', () => {
  it('says why nothing is served, warns of the documented password, and is silent otherwise', () => {
    assert.match(warningsOf('pwd', true)[0] ?? '', /not served.*12 characters/)
    assert.match(warningsOf('pwd', false)[0] ?? '', /documented password/)
    assert.deepEqual(warningsOf('mine', false), [])
    assert.deepEqual(warningsOf('twelve-chars', true), [])
  })
})
