import { downloadZip } from 'client-zip'

import { type ZipSource, zipFiles } from './zip-files.ts'

const PICTURE_TIMEOUT_MS = 60_000

/** Packs a document into a ZIP file. Rejects where a part of it is not to be had. */
export async function packDocument(source: Omit<ZipSource, 'fetchPicture'>): Promise<Blob> {
  return await downloadZip(zipFiles({ ...source, fetchPicture })).blob()
}

async function fetchPicture(url: string): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PICTURE_TIMEOUT_MS) })
  if (!response.ok) throw new Error(`Cannot fetch picture: status ${response.status}`)
  return response
}
