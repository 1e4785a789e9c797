import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRootLogger } from '../../../src/platform/logger.ts'

function capture(): { lines: string[]; write: (line: string) => void } {
  const lines: string[] = []
  return { lines, write: (line) => void lines.push(line) }
}

describe('createRootLogger', () => {
  it('writes one JSON line per call, control characters escaped', () => {
    const output = capture()

    createRootLogger(output).info({ name: 'a\nb\u001b[31m' }, 'hello')

    assert.equal(output.lines.length, 1)
    assert.equal(output.lines[0]?.trimEnd().includes('\n'), false)
    assert.equal(JSON.parse(output.lines[0] ?? '').name, 'a\nb\u001b[31m')
  })

  it('hides secrets down to three levels', () => {
    const output = capture()
    const secret = 'canary-7f3a'

    createRootLogger(output).warn({
      authorization: secret,
      engine: { apiKey: secret, headers: { authorization: secret } },
      password: secret,
    })

    assert.equal(output.lines.join('').includes(secret), false)
    assert.equal(JSON.parse(output.lines[0] ?? '').password, '[redacted]')
  })

  it('writes the stack and the cause of an error', () => {
    const output = capture()

    const error = new Error('outer', { cause: new Error('inner') })
    createRootLogger(output).error({ err: error }, 'failed')

    const { err } = JSON.parse(output.lines[0] ?? '')
    assert.match(err.stack, /logger\.test\.ts/)
    assert.match(err.message, /outer: inner/)
  })
})
