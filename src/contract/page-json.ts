import type { PageRecord } from './page.ts'

/** A page on the wire of `/v1` and in the JSON result: snake_case, sizes in pixels. */
export function toPageJson(record: PageRecord) {
  return {
    page: record.page,
    outcome: record.outcome,
    engine: record.engine,
    width: record.widthPx,
    height: record.heightPx,
    dpi: record.dpi,
    text: record.text,
    markdown: record.markdown,
    blocks: record.blocks.map(({ bbox: [left, top, right, bottom], ...block }) => ({
      bbox: [left, top, right, bottom] as [number, number, number, number],
      category: block.category,
      text: block.text,
      confidence: block.confidence,
    })),
    warnings: [...record.warnings],
  }
}
