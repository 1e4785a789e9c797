import { fileTypeFromBuffer } from 'file-type'
import type { MediaType } from '../contract/document.ts'

/** Bytes from the start of a file that `sniffMediaType` looks at. */
export const SNIFF_BYTES = 4096

const MIME_TYPES: Readonly<Record<string, keyof typeof MAGIC>> = {
  'image/png': 'png',
  'image/apng': 'png',
  'image/jpeg': 'jpeg',
  'image/tiff': 'tiff',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/bmp': 'bmp',
}

// file-type steps over ID3 tags and the like; what counts here stands at offset 0.
const MAGIC: Readonly<Record<Exclude<MediaType, 'pdf'>, readonly string[]>> = {
  png: ['\x89PNG\r\n\x1a\n'],
  jpeg: ['\xff\xd8\xff'],
  tiff: ['II*\0', 'II+\0', 'MM\0*', 'MM\0+'],
  webp: ['RIFF'],
  gif: ['GIF87a', 'GIF89a'],
  bmp: ['BM'],
}
const DIB_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124]

// Readers accept junk before the header, within this distance.
const MAX_PDF_HEADER_OFFSET = 1024
const MARKUP_OR_SCRIPT = /^\s*(?:<|#!|\{\\rtf)/

/**
 * Tells what a file is by its first bytes (the first 4 KB suffice); `null`: nothing that is read.
 *
 * The file's name and what the client calls it do not matter. `%PDF-` may follow up to 1,024 bytes
 * of anything that is not itself the beginning of a known format.
 */
export async function sniffMediaType(head: Uint8Array): Promise<MediaType | null> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES))
  const text = bytes.toString('latin1')
  if (text.startsWith('%PDF-')) return 'pdf'
  const found = await fileTypeFromBuffer(bytes)
  // file-type looks for the directory of a TIFF, which may stand at the end of a large file.
  if (found === undefined && hasMagic(bytes, 'tiff')) return 'tiff'
  if (found !== undefined) {
    const mediaType = MIME_TYPES[found.mime]
    return mediaType !== undefined && hasMagic(bytes, mediaType) ? mediaType : null
  }
  const headerOffset = text.indexOf('%PDF-')
  if (headerOffset < 0 || headerOffset > MAX_PDF_HEADER_OFFSET) return null
  return MARKUP_OR_SCRIPT.test(text) ? null : 'pdf'
}

function hasMagic(bytes: Buffer, mediaType: keyof typeof MAGIC): boolean {
  const text = bytes.toString('latin1', 0, 8)
  if (!MAGIC[mediaType].some((magic) => text.startsWith(magic))) return false
  if (mediaType !== 'bmp') return true
  // Every text that begins with "BM" would be an image otherwise.
  return bytes.length >= 18 && DIB_HEADER_BYTES.includes(bytes.readUInt32LE(14))
}
