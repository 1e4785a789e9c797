import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ENGINE_IDS, ENGINES } from '../../../src/contract/engines.ts'
import { FAILURES, isFailureCode } from '../../../src/contract/failures.ts'
import { parseBlobKey, parseDocumentId } from '../../../src/contract/identifiers.ts'
import { documentIdOf, workflowIdFor } from '../../../src/contract/names.ts'
import { INITIAL_PROGRESS, withPage } from '../../../src/contract/progress.ts'

const ID = parseDocumentId('550e8400-e29b-41d4-a716-446655440000')
assert.ok(ID)

describe('workflowIdFor', () => {
  it('is undone by documentIdOf', () => {
    assert.equal(documentIdOf(workflowIdFor(ID)), ID)
  })

  it('leaves other workflows alone', () => {
    assert.equal(documentIdOf('sweep-expired'), null)
    assert.equal(documentIdOf('document-1'), null)
  })
})

describe('parseBlobKey', () => {
  for (const text of ['', '/a', 'a//b', 'a/../b', 'a/./b', 'a/b/', '1/a', 'a b', 'a\0', 'ä/b'])
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(parseBlobKey(text), null)
    })

  it('accepts what the layout spells', () => {
    assert.equal(parseBlobKey('pages/ab/1/image-200.png'), 'pages/ab/1/image-200.png')
  })
})

describe('isFailureCode', () => {
  it('knows the table and nothing of its prototype', () => {
    assert.ok(Object.keys(FAILURES).every(isFailureCode))
    assert.equal(isFailureCode('constructor'), false)
    assert.equal(isFailureCode(null), false)
  })
})

describe('ENGINE_IDS', () => {
  it('lists every engine of the table', () => {
    assert.deepEqual([...ENGINE_IDS].toSorted(), Object.keys(ENGINES).toSorted())
  })
})

describe('withPage', () => {
  it('counts a page once, under its outcome', () => {
    const progress = withPage(withPage(INITIAL_PROGRESS, 'degraded'), 'failed')

    assert.equal(progress.donePages, 2)
    assert.equal(progress.degradedPages, 1)
    assert.equal(progress.failedPages, 1)
    assert.equal(progress.okPages, 0)
  })

  it('survives JSON unchanged', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(INITIAL_PROGRESS)), INITIAL_PROGRESS)
  })
})
