import { OcrError } from '../../platform/errors.ts'
import { usableBox, type ImageSize } from '../model-page/bounding-box.ts'
import { requireWhole, type ChatReply } from '../model-server/chat-client.ts'
import { isPicture, type Layout, type LayoutCell } from './layout-cell.ts'
import { parseLayout } from './layout-json.ts'
import type { PageDialog } from './page-dialog.ts'
import { LAYOUT_ONLY_PROMPT, regionPrompt } from './prompts.ts'

/** What bounds the reading of a page cell by cell. */
export type RegionsOptions = {
  /** In which the model sees the page. */
  readonly sent: ImageSize
  readonly signal: AbortSignal
  /** Fires when the time for the layout and all cells together is over. */
  readonly budget: AbortSignal
}

// The server batches what arrives at once, but other pages want their share of it, too.
const CELLS_AT_ONCE = 4
// A newspaper page has about 150; a page of more is read sooner, and no worse, as plain text.
const MAX_CELLS = 200

/**
 * Reads a page in two passes: first where its cells are, then the text of each, so that one cell that
 * confuses the model does not cost the others. What a cell's answer holds is kept, even cut short.
 *
 * @throws {OcrError} `ENGINE_OUTPUT_*` with the usage of the step so far, also when there are over 200
 *   cells, when the time ran out or when no cell's answer is whole; and what the dialog throws
 */
export async function readRegions(
  dialog: PageDialog,
  options: RegionsOptions,
): Promise<Layout | null> {
  const layout = parseLayout(requireWhole(await dialog.ask(LAYOUT_ONLY_PROMPT)))
  if (layout === null || layout.cells.length === 0) return layout
  if (layout.cells.length > MAX_CELLS) {
    const message = `Cannot read page cell by cell: more than ${MAX_CELLS} cells`
    throw new OcrError('ENGINE_OUTPUT_INVALID', message, { usage: dialog.usage })
  }
  const replies = await askCells(dialog, layout.cells, options)
  assertReadable(layout.cells, replies, dialog)
  return {
    cells: layout.cells.map((cell, place) => ({ ...cell, text: replies[place]?.text ?? null })),
    isRepaired: layout.isRepaired,
    isIncomplete:
      layout.isIncomplete || replies.some((reply) => reply !== null && reply.finish !== 'stop'),
  }
}

/** The answer for each cell; `null` for one that is not asked about: a picture, or without a place. */
async function askCells(
  dialog: PageDialog,
  cells: readonly LayoutCell[],
  { sent, signal, budget }: RegionsOptions,
): Promise<(ChatReply | null)[]> {
  const siblings = new AbortController()
  const anySignal = AbortSignal.any([signal, budget, siblings.signal])
  const replies = cells.map((): ChatReply | null => null)
  // Shared: each lane takes the next cell that no other one took.
  const queue = cells.entries()
  const lanes = Array.from({ length: CELLS_AT_ONCE }, async () => {
    for (const [place, cell] of queue) {
      const box = isPicture(cell) ? null : usableBox(cell.bbox, sent)
      if (box === null) continue
      const part = { signal: anySignal, name: `cell${place + 1}` }
      replies[place] = await dialog.ask(regionPrompt(box), part)
    }
  })
  try {
    await Promise.all(lanes)
  } catch (error) {
    siblings.abort(error)
    await Promise.allSettled(lanes)
    if (signal.aborted || !budget.aborted) throw error
    throw new OcrError('ENGINE_OUTPUT_TRUNCATED', 'Cannot read page cell by cell: no time left', {
      cause: error,
      usage: dialog.usage,
    })
  }
  return replies
}

function assertReadable(
  cells: readonly LayoutCell[],
  replies: readonly (ChatReply | null)[],
  dialog: PageDialog,
): void {
  const asked = replies.filter((reply) => reply !== null)
  if (asked.length === 0 && cells.every(isPicture)) return
  const { usage } = dialog
  const texts = asked.filter(({ text }) => text.trim() !== '')
  const [first] = texts
  if (first === undefined) {
    const message = 'Cannot read page cell by cell: no cell has text'
    throw new OcrError('ENGINE_OUTPUT_INVALID', message, { usage })
  }
  if (texts.every(({ finish }) => finish !== 'stop')) requireWhole({ ...first, usage })
}
