import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { FAILURES } from '../../../../src/contract/failures.ts'
import { PAGE_WARNINGS } from '../../../../src/contract/page.ts'
import { en } from '../../../../web/src/failures/en.ts'
import { explain, type Explanations } from '../../../../web/src/failures/explanation.ts'
import { zh } from '../../../../web/src/failures/zh.ts'

const sentencesOf = ({ failures, warnings }: Explanations): string[] =>
  [...Object.values(failures), ...Object.values(warnings)].flatMap(({ what, remedy }) => [
    what,
    remedy,
  ])

describe('explanations of failures', () => {
  for (const [name, table] of Object.entries({ en, zh })) {
    it(`know every failure and warning of the contract in ${name}, and no other`, () => {
      assert.deepEqual(Object.keys(table.failures).toSorted(), Object.keys(FAILURES).toSorted())
      assert.deepEqual(
        Object.keys(table.warnings).toSorted(),
        Object.keys(PAGE_WARNINGS).toSorted(),
      )
    })

    it(`say what happened and what to do in whole sentences in ${name}`, () => {
      const broken = sentencesOf(table).filter((text) => !/^\S.*[.。]$/.test(text))

      assert.deepEqual(broken, [])
    })
  }

  it('are in the language that they are meant to be in', () => {
    const chinese = /\p{Script=Han}/u

    assert.deepEqual(
      sentencesOf(en).filter((text) => chinese.test(text)),
      [],
    )
    assert.deepEqual(
      sentencesOf(zh).filter((text) => !chinese.test(text)),
      [],
    )
  })
})

describe('explain', () => {
  it('falls back to the title of the server for a code that it does not know', () => {
    assert.deepEqual(explain(en.failures, 'NEW_CODE', 'Something new'), {
      what: 'Something new',
      remedy: null,
    })
  })

  it('falls back to the code where there is no title either', () => {
    assert.deepEqual(explain(en.failures, 'NEW_CODE'), { what: 'NEW_CODE', remedy: null })
  })

  it('takes no code for a property that every object has', () => {
    assert.equal(explain(en.failures, 'constructor', 'hostile').what, 'hostile')
  })
})
