import { markedDocument } from '../../test/support/marked-document.ts'

/** A PDF like no other, so that nothing of it lies in the store already. */
export const newDocument = (
  pages: number,
  lines: number,
  marker: string,
): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat([markedDocument(pages, lines), Buffer.from(`% ${marker}\n`)]))

/**
 * Waits until a document is completed, as a good client does: polls in a tight loop would be
 * measured as the product's own work.
 */
export async function longPoll(url: string, id: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/v1/documents/${id}?wait=60`)
    const { status } = (await response.json()) as { status: string }
    if (status === 'completed') return
    if (status === 'failed' || status === 'cancelled') throw new Error(`The document is ${status}`)
  }
}
