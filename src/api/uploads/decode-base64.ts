import { RequestError } from '../http/request-error.ts'

/** Characters that are decoded at once; a multiple of four. */
const PIECE_CHARACTERS = 1_048_576

/**
 * The bytes of a base64 text (RFC 4648, section 4), piece by piece. White space is skipped, as in
 * mail; anything else that is not base64 is refused, missing padding included.
 *
 * @throws {RequestError} `REQUEST_MALFORMED`, at the piece that is wrong
 */
export function* decodeBase64(text: string): Generator<Uint8Array, void> {
  let rest = ''
  let hasEnded = false
  for (let start = 0; start < text.length; start += PIECE_CHARACTERS) {
    const piece = rest + text.slice(start, start + PIECE_CHARACTERS).replaceAll(/\s+/g, '')
    const wholeCharacters = piece.length - (piece.length % 4)
    rest = piece.slice(wholeCharacters)
    const whole = piece.slice(0, wholeCharacters)
    if (whole === '') continue
    if (hasEnded || !/^[A-Za-z0-9+/]*={0,2}$/.test(whole)) throw notBase64()
    hasEnded = whole.endsWith('=')
    yield Buffer.from(whole, 'base64')
  }
  if (rest !== '') throw notBase64()
}

function notBase64(): RequestError {
  return new RequestError('it is not base64')
}
