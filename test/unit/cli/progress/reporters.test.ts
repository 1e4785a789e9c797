import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createJsonLines } from '../../../../src/cli/progress/json-lines.ts'
import { createPlainLines } from '../../../../src/cli/progress/plain-lines.ts'
import { createProgressBar } from '../../../../src/cli/progress/progress-bar.ts'
import type { RunEvent } from '../../../../src/cli/progress/run-event.ts'

const id = '550e8400-e29b-41d4-a716-446655440000'
const pagesOf = (total: number, done: number, failed = 0) => ({
  total,
  done,
  failed,
  degraded: 0,
  empty: 0,
})

const at = (
  done: number,
  status: 'queued' | 'processing' | 'completed' = 'processing',
): RunEvent => ({
  event: 'document',
  input: 'a.pdf',
  id,
  status,
  pages: pagesOf(status === 'queued' ? 0 : 10, done),
  queued_reason: status === 'queued' ? 'NO_WORKER' : null,
})

const result = (failedPages: readonly number[], output: string | null): RunEvent => ({
  event: 'result',
  input: 'a.pdf',
  id,
  pages: pagesOf(10, 10, failedPages.length),
  failed_pages: failedPages.map((page) => ({ page, code: 'PAGE_TIMEOUT' })),
  output,
})

function createOutput(columns?: number) {
  let written = ''
  const write = (text: string): void => void (written += text)
  return { output: { write, ...(columns && { columns }) }, text: () => written }
}

describe('createPlainLines', () => {
  it('writes a line per change of state, and of pages not more than one in 5 s', () => {
    const { output, text } = createOutput()
    let nowMs = 0
    using lines = createPlainLines(output, () => nowMs)

    lines.report({ event: 'submitted', input: 'a.pdf', id })
    lines.report(at(0, 'queued'))
    lines.report(at(1))
    nowMs = 4_000
    lines.report(at(2))
    nowMs = 6_000
    lines.report(at(3))
    lines.report(at(10, 'completed'))
    lines.report(result([3], 'out/a.pdf.md'))

    assert.deepEqual(text().split('\n'), [
      'a.pdf: queued (NO_WORKER)',
      'a.pdf: processing, page 1 of 10',
      'a.pdf: processing, page 3 of 10',
      'a.pdf: 1 of 10 pages failed (page 3: PAGE_TIMEOUT) -> out/a.pdf.md',
      '',
    ])
  })

  it('names the first failed pages, and keeps control characters off the terminal', () => {
    const { output, text } = createOutput()
    using lines = createPlainLines(output)

    lines.report(result([1, 2, 3, 4, 5, 6, 7], null))
    lines.report({
      event: 'failed',
      input: 'a\u001B[2J\u202E.pdf',
      id,
      code: 'ENCRYPTED_PDF',
      message: 'x\ny',
    })

    assert.deepEqual(text().split('\n'), [
      `a.pdf: 7 of 10 pages failed (${[1, 2, 3, 4, 5].map((page) => `page ${page}: PAGE_TIMEOUT`).join(', ')} and 2 more)`,
      'a [2J .pdf: failed: x y (ENCRYPTED_PDF); give the right password with --password-file',
      '',
    ])
  })
})

describe('createProgressBar', () => {
  it('keeps one line at the bottom, no wider than the terminal', () => {
    const { output, text } = createOutput(60)
    using bar = createProgressBar(output)

    bar.report({ event: 'submitted', input: '很长很长很长很长很长很长很长很长的名字.pdf', id })
    bar.report(at(5))

    const lines = text().split('\r\u001B[2K').slice(1)
    assert.equal(lines[0], `${'━'.repeat(24)} ${'很长'.repeat(8)}的`)
    assert.equal(lines[1], `${'━'.repeat(24)} 5 of 10 pages · 2 documents`)
  })

  it('writes the end of a document above, and takes itself away at last', () => {
    const { output, text } = createOutput()
    const bar = createProgressBar(output)

    bar.report(at(5))
    bar.report(result([], null))
    bar[Symbol.dispose]()

    const lines = text().split('\r\u001B[2K')
    assert.match(lines[1] ?? '', /5 of 10 pages · a\.pdf: processing$/)
    assert.equal(lines[2], '✓ a.pdf: done, 10 pages\n')
    assert.ok(text().endsWith('\n\r\u001B[2K'))
  })
})

describe('createJsonLines', () => {
  it('writes events to stdout and notes to stderr', () => {
    const [stdout, stderr] = [createOutput(), createOutput()]
    using lines = createJsonLines({ stdout: stdout.output, stderr: stderr.output })

    lines.note('starting')
    lines.report({ event: 'cancelled', input: 'a.pdf', id })

    assert.deepEqual(JSON.parse(stdout.text()), { event: 'cancelled', input: 'a.pdf', id })
    assert.equal(stderr.text(), 'starting\n')
  })
})
