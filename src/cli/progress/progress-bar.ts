import { styleText } from 'node:util'
import { counted, printable } from '../printable.ts'
import { endingLine, type Tone } from './event-line.ts'
import type { Output, Reporter, RunEvent } from './run-event.ts'

const BAR_CELLS = 24
/** Of a terminal that does not know its own. */
const DEFAULT_COLUMNS = 80
const CLEAR_LINE = '\r\u001B[2K'
const SIGN: Readonly<Record<Tone, readonly [sign: string, color: 'green' | 'yellow' | 'red']>> = {
  good: ['✓', 'green'],
  warning: ['!', 'yellow'],
  bad: ['✗', 'red'],
}

type Seen = { readonly total: number; readonly done: number; readonly words: string }

/** One line at the bottom of a terminal for all documents under way, and a line above for each end. */
export function createProgressBar(stderr: Output): Reporter {
  const active = new Map<string, Seen>()
  let endedPages = 0
  const clear = (): void => void stderr.write(CLEAR_LINE)
  const draw = (): void => {
    if (active.size > 0) stderr.write(CLEAR_LINE + barText([...active], endedPages, stderr.columns))
  }
  const note = (line: string): void => {
    clear()
    stderr.write(`${line}\n`)
    draw()
  }
  return {
    note,
    report(event) {
      const ending = endingLine(event)
      if (ending === null) {
        follow(active, event)
        draw()
        return
      }
      endedPages += active.get(event.input)?.done ?? 0
      active.delete(event.input)
      if (active.size === 0) endedPages = 0
      const [sign, color] = SIGN[ending.tone]
      note(`${paint(color, sign)} ${ending.text}`)
    },
    clear,
    [Symbol.dispose]: clear,
  }
}

/** What is said of a document that waits. */
const WAITING_FOR: ReadonlyMap<string, string> = new Map([
  ['NO_WORKER', 'waits for a worker'],
  ['STORAGE_FULL', 'waits for room in the store'],
])

function follow(active: Map<string, Seen>, event: RunEvent): void {
  const before = active.get(event.input) ?? { total: 0, done: 0, words: 'sent' }
  active.set(event.input, before)
  if (event.event === 'retry')
    active.set(event.input, { ...before, words: `page ${event.page} again` })
  if (event.event !== 'document') return
  const { status, pages, queued_reason: reason } = event
  const words = WAITING_FOR.get(reason ?? '') ?? status
  active.set(event.input, { total: pages.total, done: pages.done, words })
}

function barText(
  active: readonly (readonly [string, Seen])[],
  endedPages: number,
  columns: number | undefined,
): string {
  const total = active.reduce((sum, [, seen]) => sum + seen.total, endedPages)
  const done = active.reduce((sum, [, seen]) => sum + seen.done, endedPages)
  const filled = total === 0 ? 0 : Math.floor((done / total) * BAR_CELLS)
  const [first] = active
  const what =
    active.length === 1 && first !== undefined
      ? `${printable(first[0])}: ${printable(first[1].words)}`
      : counted(active.length, 'document')
  const count = total === 0 ? '' : `${done} of ${counted(total, 'page')} · `
  // A line that wraps cannot be cleared.
  const text = cutToCells(count + what, (columns || DEFAULT_COLUMNS) - BAR_CELLS - 2)
  return `${paint('cyan', '━'.repeat(filled))}${paint('dim', '━'.repeat(BAR_CELLS - filled))} ${text}`
}

/** Cuts a text to a width; East Asian characters take two cells. */
function cutToCells(text: string, cells: number): string {
  let left = cells
  let kept = ''
  for (const character of text) {
    left -= character >= '\u1100' ? 2 : 1
    if (left < 0) break
    kept += character
  }
  return kept
}

/** Colours unless NO_COLOR says otherwise. */
function paint(format: 'green' | 'yellow' | 'red' | 'cyan' | 'dim', text: string): string {
  return styleText(format, text, { stream: process.stderr })
}
