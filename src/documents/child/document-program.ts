import { access, constants } from 'node:fs/promises'
import { serveGuardedRequests } from '../../platform/guarded-child.ts'
import { isDiskFull } from '../../platform/disk-full.ts'
import { OcrError } from '../../platform/errors.ts'
import type { DocumentRequest, OpenRequest, PageSource } from './protocol.ts'

/*
 * The program that opens one uploaded document and draws its pages. Runs guarded: it has the files
 * of strangers in its hands. Start it with `startGuardedProcess`, speak `protocol.ts` to it.
 */

let source: PageSource | null = null

// pdf.js leaves promises of damaged parts behind; the page they belong to ends by itself.
process.on('unhandledRejection', (reason) => process.emitWarning(String(reason)))

serveGuardedRequests(async (message) => {
  // The parent is the only writer and speaks protocol.ts.
  const request = message as DocumentRequest
  try {
    if (request.kind === 'open') {
      source = await open(request)
      return { pageCount: source.pageCount }
    }
    if (source === null) throw new TypeError('No document was opened')
    return await source.draw(request)
  } catch (error) {
    if (!isHostTrouble(error)) throw error
    const code = isDiskFull(error) ? 'STORAGE_FULL' : 'PROGRAM_FAILED'
    throw new OcrError(code, 'Cannot read or write a local file', { cause: error })
  }
})

// Either half is loaded only when it is needed: a start of sharp alone takes half the time.
async function open({ file, limits }: OpenRequest): Promise<PageSource> {
  // sharp calls a missing file a bad image; it is trouble of this host.
  await access(file.path, constants.R_OK)
  if (file.mediaType === 'pdf') {
    const { openPdf } = await import('./pdf-source.ts')
    return openPdf(file, limits)
  }
  const { openImage } = await import('./image-source.ts')
  return openImage(file, limits)
}

function isHostTrouble(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && 'errno' in error
}
