import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  failureOfTransport,
  mayHaveArrived,
} from '../../../../src/engines/model-server/transport-failure.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

const withCode = (code: string): Error => Object.assign(new Error('of Node'), { code })

describe('failureOfTransport', () => {
  it('is ENGINE_UNREACHABLE before the answer and ENGINE_REPLY_BROKEN within it', () => {
    const codes = [
      'ECONNREFUSED',
      'ECONNRESET',
      'EPIPE',
      'ENOTFOUND',
      'EAI_AGAIN',
      'UND_ERR_SOCKET',
    ]
    const codesWhen = (hasAnswered: boolean): string[] =>
      codes.map((code) => failureOfTransport(withCode(code), { hasAnswered }).code)

    assert.deepEqual(new Set(codesWhen(false)), new Set(['ENGINE_UNREACHABLE']))
    assert.deepEqual(new Set(codesWhen(true)), new Set(['ENGINE_REPLY_BROKEN']))
  })

  it('tells late, too long and insecure answers apart', () => {
    const codes = [
      'UND_ERR_HEADERS_TIMEOUT',
      'UND_ERR_RES_EXCEEDED_MAX_SIZE',
      'UND_ERR_HEADERS_OVERFLOW',
      'CERT_HAS_EXPIRED',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ]

    assert.deepEqual(
      codes.map((code) => failureOfTransport(withCode(code)).code),
      [
        'ENGINE_TIMED_OUT',
        'ENGINE_REPLY_BROKEN',
        'ENGINE_REPLY_BROKEN',
        'ENGINE_MISCONFIGURED',
        'ENGINE_MISCONFIGURED',
        'ENGINE_MISCONFIGURED',
      ],
    )
  })

  it('leaves our own failures as they are, and bugs bugs', () => {
    const own = new OcrError('ENGINE_TIMED_OUT', 'Cannot wait: too long')
    const bug = new TypeError('x is not a function')

    assert.equal(failureOfTransport(own), own)
    assert.throws(() => failureOfTransport(bug), bug)
  })
})

describe('mayHaveArrived', () => {
  it('is false only where no connection came about', () => {
    const codes = [
      'ECONNREFUSED',
      'ENOTFOUND',
      'UND_ERR_CONNECT_TIMEOUT',
      'ECONNRESET',
      'UND_ERR_SOCKET',
    ]

    assert.deepEqual(
      codes.map((code) => mayHaveArrived(failureOfTransport(withCode(code)))),
      [false, false, false, true, true],
    )
  })
})
