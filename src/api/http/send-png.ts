import { create as contentDisposition } from 'content-disposition'
import type { Request, Response } from 'express'
import type { Blob } from '../../storage/blob-store.ts'
import { pipeBody } from './send-blob.ts'

/**
 * Sends a PNG that belongs to a page, or 304 when the client has it. Not immutable: an engine may
 * still turn a page upright, and a newer version of it may read the page again.
 */
export async function sendPng(
  request: Request,
  response: Response,
  png: { readonly blob: Blob; readonly fileName: string },
): Promise<void> {
  const { info, body } = png.blob
  response.set({
    'Content-Type': 'image/png',
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': contentDisposition(png.fileName, { type: 'inline' }),
    ...(info.sha256 === null ? {} : { ETag: `"${info.sha256}"` }),
  })
  if (request.fresh || request.method === 'HEAD') {
    body.destroy()
    response.status(request.fresh ? 304 : 200).end()
    return
  }
  response.set('Content-Length', String(info.sizeBytes))
  await pipeBody(body, response)
}
