import type { DocumentView } from '../model.ts'

/**
 * The document to speak of after a change: the one that is open, if it changed, else the newest
 * of the list that did; `null`: none that was known before looks any different.
 */
export function changedDocument(
  before: ReadonlyMap<string, DocumentView>,
  after: ReadonlyMap<string, DocumentView>,
  ids: readonly (string | undefined)[],
): DocumentView | null {
  for (const id of ids) {
    const [old, current] = [before.get(id ?? ''), after.get(id ?? '')]
    if (old && current && (old.state !== current.state || old.pages.done !== current.pages.done))
      return current
  }
  return null
}
