import type { PageNumber } from './identifiers.ts'
import type { PageRecord } from './page.ts'

/** Path of a picture, relative to the results: `images/<page>_<place>.png`, both from 1. */
export const picturePath = (page: PageNumber, place: number): string =>
  `images/${page}_${place}.png`

/** Reads a {@link picturePath}; `null` for what cannot be one. */
export function parsePicturePath(path: string): { page: PageNumber; place: number } | null {
  const { 1: page, 2: place } = /^images\/(\d{1,6})_(\d{1,4})\.png$/.exec(path) ?? []
  return page === undefined ? null : { page: Number(page), place: Number(place) }
}

/** A page on the wire of `/v1` and in the JSON result: snake_case, sizes in pixels. */
export function toPageJson(record: PageRecord) {
  const crops = [...(record.pictures ?? []).keys()]
  let place = 0
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
      image:
        block.category === 'picture' && crops.includes(place)
          ? picturePath(record.page, ++place)
          : null,
    })),
    markup: record.markup ?? 'plain',
    warnings: [...record.warnings],
    usage:
      record.usage === null
        ? null
        : {
            prompt_tokens: record.usage.promptTokens,
            completion_tokens: record.usage.completionTokens,
          },
  }
}
