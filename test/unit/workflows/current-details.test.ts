import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDocumentId } from '../../../src/contract/identifiers.ts'
import { INITIAL_PROGRESS, type Progress } from '../../../src/contract/progress.ts'
import { currentDetails, type RunState } from '../../../src/workflows/current-details.ts'

const documentId =
  parseDocumentId('e3cff047-6cea-4db4-a252-014e15fc56bc') ?? assert.fail('not an id')

function stateWith(progress: Partial<Progress>, change: Partial<RunState> = {}): RunState {
  return {
    input: { documentId, engineQueue: 'ocr-gpu-dots', cpuQueue: 'ocr-cpu' },
    progress: { ...INITIAL_PROGRESS, ...progress },
    underWay: new Map(),
    failed: [],
    startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
    nowMs: Date.UTC(2026, 0, 2, 3, 5, 7),
    ...change,
  }
}

/** As it is read, without the spaces that do not break. */
function textOf(state: RunState): string {
  return currentDetails(state)
    .replaceAll(/\u00A0+/g, ' ')
    .replaceAll(/ +\|/g, ' |')
}

describe('currentDetails', () => {
  it('says phase, counts and time of the last change', () => {
    const counts = { totalPages: 9, donePages: 6, okPages: 2, emptyPages: 1, degradedPages: 1 }

    const text = textOf(stateWith({ phase: 'recognizing', ...counts, failedPages: 2 }))

    assert.match(text, /\| phase \| recognizing \|/)
    assert.match(text, /\| pages done \| 6 of 9 \|/)
    assert.match(text, /\| 2 ok, 1 empty, 1 degraded, 2 failed \|/)
    assert.match(text, /\| seconds \| 62, as of 2026-01-02T03:05:07Z \|/)
  })

  it('lists pages under way with their step, and failed ones with their code in page order', () => {
    const underWay = new Map([
      [7, 'in line, or being read'],
      [4, 'resample after ENGINE_OUTPUT_INVALID'],
    ])
    const failed = [
      { page: 6, code: 'TOO_COMPLEX' },
      { page: 3, code: 'PAGE_TIMEOUT' },
    ] as const

    const text = textOf(stateWith({ phase: 'recognizing', failedPages: 2 }, { underWay, failed }))

    assert.match(text, /\| 7 \| in line, or being read \|\n\| 4 \| resample after ENGINE_OUT/)
    assert.match(text, /\| 3 \| `PAGE_TIMEOUT` \|\n\| 6 \| `TOO_COMPLEX` \|/)
  })

  it('lists no page under way after a cancel left them behind', () => {
    const text = textOf(stateWith({ phase: 'cancelled' }, { underWay: new Map([[7, 'reading']]) }))

    assert.doesNotMatch(text, /under way/)
  })

  it('names the code that the document failed with', () => {
    const text = textOf(stateWith({ phase: 'failed', failureCode: 'CORRUPT_PDF' }))

    assert.match(text, /\| phase \| failed: `CORRUPT_PDF` \|\n\| pages done \| 0 of \? \|/)
  })

  it('stays small for 5,000 pages that all failed, and says how many it leaves out', () => {
    const pages = Array.from({ length: 5000 }, (_, place) => place + 1)
    const failed = pages.map((page) => ({ page, code: 'ENGINE_OUTPUT_TRUNCATED' as const }))
    const underWay = new Map(pages.map((page) => [page, 'plain-text after ENGINE_OUTPUT_REPEATS']))

    const text = currentDetails(
      stateWith({ phase: 'recognizing', failedPages: 5000 }, { underWay, failed }),
    )

    assert.ok(Buffer.byteLength(text) < 8192, `${Buffer.byteLength(text)} bytes`)
    assert.match(text, /4950 more/)
  })

  for (const [phase, advice] of [
    ['inspecting', 'task-queue describe --task-queue ocr-cpu'],
    ['recognizing', 'task-queue describe --task-queue ocr-gpu-dots'],
    ['assembling', `workflow cancel --workflow-id document-${documentId}`],
    ['failed', `POST /v1/documents/${documentId}/rerun`],
    ['cancelled', `POST /v1/documents/${documentId}/rerun`],
    ['completed', 'Nothing.'],
  ] as const)
    it(`says what can be done about a document that is ${phase}`, () => {
      assert.ok(textOf(stateWith({ phase })).includes(advice))
    })
})
