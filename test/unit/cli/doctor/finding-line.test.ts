import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { failed, ok, unset, warning } from '../../../../src/cli/doctor/check.ts'
import { checkNode } from '../../../../src/cli/doctor/check-node.ts'
import { findingLine } from '../../../../src/cli/doctor/finding-line.ts'

describe('findingLine', () => {
  it('says the outcome in words outside of a terminal', () => {
    const lines = [ok('A', 'a'), warning('B', 'b'), failed('C', 'c'), unset('D', 'd')]

    assert.deepEqual(
      lines.map((finding) => findingLine(finding)),
      ['ok   A: a', 'WARN B: b', 'FAIL C: c', '-    D: d'],
    )
  })

  it('shows a sign in a terminal', () => {
    assert.match(findingLine(ok('A', 'a'), true), /✓.* A: a$/)
  })

  it('lets no server move the cursor', () => {
    const detail = 'evil\u001B[2J\r\nok   Node: 24'

    assert.equal(
      findingLine(failed('Engine llm', detail)),
      'FAIL Engine llm: evil [2J ok   Node: 24',
    )
  })
})

describe('checkNode', () => {
  it('wants 24', () => {
    assert.equal(checkNode('24.0.0').status, 'ok')
    assert.equal(checkNode('22.21.0').status, 'failed')
  })
})
