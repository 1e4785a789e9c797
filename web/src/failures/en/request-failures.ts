import type { Explanation } from '../explanation.ts'

/** What may be wrong with an upload, a look-up or the caller. */
export const requestFailures = {
  UNSUPPORTED_FILE_TYPE: {
    what: 'This kind of file cannot be read.',
    remedy: 'Send a PDF or an image. The content decides, not the name of the file.',
  },
  FILE_TOO_LARGE: {
    what: 'The file is larger than this service takes.',
    remedy: 'Split or compress it, or ask the operator for a higher limit.',
  },
  EMPTY_FILE: {
    what: 'The file is empty.',
    remedy: 'Export or copy it again; the last time was probably interrupted.',
  },
  INVALID_FILE_NAME: {
    what: 'The name of the file has characters that are refused here.',
    remedy: 'Rename the file and send it again.',
  },
  REQUEST_MALFORMED: {
    what: 'The service did not understand the request.',
    remedy: 'Check what you typed, such as the pages. If it looks right, reload this page.',
  },
  REQUEST_TIMEOUT: {
    what: 'The upload was too slow and was given up.',
    remedy: 'Send the file again over a better connection.',
  },
  URL_NOT_ALLOWED: {
    what: 'Files are not fetched from this address.',
    remedy: 'Use a public http or https address, or upload the file itself.',
  },
  PATH_INPUT_DISABLED: {
    what: 'Files of the server cannot be read by their path.',
    remedy: 'Upload the file instead.',
  },
  NOT_FOUND: {
    what: 'The service does not know this address.',
    remedy: 'Reload this page; it may be older than the service.',
  },
  METHOD_NOT_ALLOWED: {
    what: 'The service does not offer this action.',
    remedy: 'Reload this page; it may be older than the service.',
  },
  DOCUMENT_NOT_FOUND: {
    what: 'There is no such document.',
    remedy: 'It was deleted, or the address is wrong. Go back to the list.',
  },
  PAGE_NOT_FOUND: {
    what: 'The document has no such page.',
    remedy: 'Choose one of the pages above.',
  },
  BLOB_MISSING: {
    what: 'The stored file is gone.',
    remedy: 'Upload the document again. Operators: check the disk and how long files are kept.',
  },
  RESULT_NOT_READY: {
    what: 'There is no result yet.',
    remedy: 'Wait until the document is read; this page shows it by itself.',
  },
  DOCUMENT_FINISHED: {
    what: 'The document has already ended.',
    remedy: 'There is nothing left to cancel.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    what: 'This upload was mistaken for another one.',
    remedy: 'Send the file again.',
  },
  UNAUTHORIZED: {
    what: 'You are not logged in, or the key is wrong.',
    remedy: 'Log in again, or ask the operator for a key.',
  },
  ORIGIN_NOT_ALLOWED: {
    what: 'Requests from this web address are refused.',
    remedy: 'Open the page at the address that the operator gave you.',
  },
  HOST_NOT_ALLOWED: {
    what: 'The service does not answer at this web address.',
    remedy: 'Open the page at the address that the operator gave you.',
  },
  RATE_LIMITED: {
    what: 'There were too many requests in a short time.',
    remedy: 'Wait a minute and try again.',
  },
  QUEUE_FULL: {
    what: 'Too many pages wait already.',
    remedy: 'Send the file again in some minutes.',
  },
  QUOTA_EXCEEDED: {
    what: 'Your quota is used up.',
    remedy: 'Delete documents that you no longer need, or ask for more.',
  },
  WEBHOOKS_DISABLED: {
    what: 'The service sends no webhooks.',
    remedy: 'Operator: set OCR_WEBHOOK_SECRET.',
  },
} as const satisfies Record<string, Explanation>
