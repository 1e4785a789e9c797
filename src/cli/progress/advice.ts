/** What a person at a command line can do about a failure, where that is not plain from its title. */
const ADVICE: Readonly<Record<string, string>> = {
  ENCRYPTED_PDF: 'give the right password with --password-file',
  CORRUPT_PDF: 'if a viewer opens it, print it to a new PDF and send that',
  CORRUPT_IMAGE: 'if a viewer opens it, save it anew and send that',
  UNSUPPORTED_FILE_TYPE: 'convert it first',
  FILE_TOO_LARGE: 'split it, or raise OCR_MAX_UPLOAD_MB on the server',
  TOO_MANY_PAGES: 'choose some with --pages',
  PAGES_OUT_OF_RANGE: 'correct --pages',
  URL_NOT_ALLOWED: 'download it and give the file',
  FETCH_REFUSED: 'download it and give the file',
  SERVICE_UNAVAILABLE: 'try again later',
  RATE_LIMITED: 'try again later',
}

/** Half a sentence; `null` for a failure without a code, which says what there is to say itself. */
export function adviceFor(code: string | null): string | null {
  if (code === null) return null
  return ADVICE[code] ?? 'see docs/errors.md'
}
