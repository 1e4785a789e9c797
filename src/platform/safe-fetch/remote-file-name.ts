import { parse } from 'content-disposition'

/** File systems and object stores take no more. */
const MAX_NAME_BYTES = 255

/** Controls, format and direction marks, lone surrogates, unassigned; and what Windows forbids. */
const UNWANTED = /[\p{C}\p{Zl}\p{Zp}:*?"<>|]/gu

/**
 * The name that a server gives to a file, else the last segment of its URL; `null` when neither is
 * one. It is one line without path separators, NFC, at most 255 bytes of UTF-8: to be shown, not to
 * be opened.
 */
export function remoteFileName(url: URL, contentDisposition: string | null): string | null {
  return cleaned(dispositionName(contentDisposition)) ?? cleaned(lastSegment(url))
}

function dispositionName(header: string | null): string {
  if (header === null) return ''
  const name = parse(header).parameters['filename'] ?? ''
  return utf8Of(name)
}

/** Many servers write the bytes of UTF-8 into the header, which arrive as one character each. */
function utf8Of(text: string): string {
  if (!/^[\0-\xff]*$/.test(text)) return text
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    // It was Latin-1.
    return text
  }
}

function lastSegment({ pathname }: URL): string {
  const segment = pathname.slice(pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

function cleaned(text: string): string | null {
  const base = text.slice(Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\')) + 1)
  const name = base
    .replaceAll(UNWANTED, '')
    .normalize('NFC')
    .replace(/^[.\s]+|[.\s]+$/g, '')
  return name === '' ? null : shortened(name)
}

/** Cuts at the front of the extension, which says what the file is. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  const extension = /\.[\w-]{1,16}$/.exec(name)?.[0] ?? ''
  let bytes = Buffer.byteLength(extension)
  let kept = ''
  for (const character of name.slice(0, name.length - extension.length)) {
    bytes += Buffer.byteLength(character)
    if (bytes > MAX_NAME_BYTES) break
    kept += character
  }
  return kept + extension
}
