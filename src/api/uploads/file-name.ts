const MAX_BYTES = 255
const FALLBACK = 'document'

/**
 * Turns the name that a client sent into one that can be shown and saved under: NFC, without path
 * parts, control and bidirectional characters replaced by `_`, at most 255 bytes of UTF-8 with the
 * extension kept, never empty. Still to be escaped where it meets HTML or a header.
 */
export function toDisplayFileName(sent: string): string {
  const name = sent.toWellFormed().normalize('NFC')
  const base = name.split(/[/\\]/).at(-1) ?? ''
  // Cc: control; Cf: format, with the bidirectional overrides that disguise an extension; Zl, Zp: line ends.
  const visible = base.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '_').trim()
  const isName = /[^._\s]/.test(visible)
  return isName ? shorten(visible) : FALLBACK
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name
  const extension = /\.[\p{L}\p{N}]{1,10}$/u.exec(name)?.[0] ?? ''
  let kept = ''
  let keptBytes = Buffer.byteLength(extension)
  // By code point: a cut inside of one would leave half a character.
  for (const character of name.slice(0, name.length - extension.length)) {
    keptBytes += Buffer.byteLength(character)
    if (keptBytes > MAX_BYTES) break
    kept += character
  }
  return kept + extension
}
