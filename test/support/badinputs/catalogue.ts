import type { BadFile } from './bad-file.ts'
import type { BadRequest } from './bad-request.ts'
import { bitmaps } from './bitmaps.ts'
import { damagedImages } from './damaged-images.ts'
import { encryptedPdfs } from './encrypted-pdf.ts'
import { harmlessPdfs } from './harmless-pdfs.ts'
import { images } from './images.ts'
import { lostContents } from './lost-contents.ts'
import { lostImages } from './lost-images.ts'
import { malformedRequests } from './malformed-requests.ts'
import { oversizedImages } from './oversized-images.ts'
import { pageBoxes } from './page-boxes.ts'
import { pdfBombs } from './pdf-bombs.ts'
import { pdfStructures } from './pdf-structures.ts'
import { slowRequests } from './slow-requests.ts'

/** Every labelled file, those first that take long. */
export async function badFiles(): Promise<readonly BadFile[]> {
  return [
    ...pdfBombs(),
    ...pdfStructures(),
    ...pageBoxes(),
    ...harmlessPdfs(),
    ...encryptedPdfs(),
    ...oversizedImages(),
    ...(await lostImages()),
    ...lostContents(),
    ...bitmaps(),
    ...(await images()),
    ...(await damagedImages()),
  ]
}

/** Every labelled request, those last that wait. */
export function badRequests(): readonly BadRequest[] {
  return [...malformedRequests(), ...slowRequests()]
}
