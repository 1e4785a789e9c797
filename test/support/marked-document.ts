/** Width and height of a page of a marked document, US letter. */
export const PAGE_WIDTH_PT = 612
const PAGE_HEIGHT_PT = 792

/** The squares that spell the page number: black is 1, the first is the lowest bit. */
export const BIT_COUNT = 12
/** Side of a square. */
export const BIT_SIZE_PT = 24

/** Distance of the squares from the top of the page. */
export const BIT_TOP_PT = 60

/** Left edge of a square. */
export const bitLeftPt = (bit: number): number => 60 + bit * 40

/**
 * A PDF of `pageCount` pages, each with its number spelled in black squares and printed below, plus
 * lines of text (at most 33), so that drawing and reading it is real work.
 */
export function markedDocument(pageCount: number, linesPerPage = 12): Buffer {
  const objects: string[] = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Count ${pageCount}/Kids[${Array.from({ length: pageCount }, (_, place) => `${4 + 2 * place} 0 R`).join(' ')}]>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
  ]
  for (let page = 1; page <= pageCount; page++) {
    const content = pageContent(page, linesPerPage)
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${PAGE_WIDTH_PT} ${PAGE_HEIGHT_PT}]` +
        `/Resources<</Font<</F1 3 0 R>>>>/Contents ${3 + 2 * page} 0 R>>`,
      `<</Length ${content.length}>>\nstream\n${content}\nendstream`,
    )
  }
  return assemble(objects)
}

function pageContent(page: number, linesPerPage: number): string {
  const bottomPt = PAGE_HEIGHT_PT - BIT_TOP_PT - BIT_SIZE_PT
  const squares = Array.from({ length: BIT_COUNT }, (_, bit) =>
    (page >> bit) % 2 === 1
      ? `${bitLeftPt(bit)} ${bottomPt} ${BIT_SIZE_PT} ${BIT_SIZE_PT} re f`
      : '',
  )
  const lines = Array.from(
    { length: linesPerPage },
    (_, line) => `(Line ${line + 1} of page ${page}, for the engines that read letters.) Tj T*`,
  )
  return [
    ...squares.filter((square) => square !== ''),
    `BT /F1 40 Tf 60 600 Td (Page ${page}) Tj ET`,
    'BT /F1 12 Tf 16 TL 60 540 Td',
    ...lines,
    'ET',
  ].join('\n')
}

function assemble(objects: readonly string[]): Buffer {
  let body = '%PDF-1.7\n'
  const offsets = objects.map((object, place) => {
    const offset = body.length
    body += `${place + 1} 0 obj\n${object}\nendobj\n`
    return offset
  })
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries.join('')}`
  const trailer = `trailer\n<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF\n`
  return Buffer.from(body + table + trailer, 'latin1')
}
