import { withDefault, withoutDefault } from './variable.ts'
import {
  flag,
  hostPairList,
  plainHttpOrigin,
  oneOf,
  pathList,
  portList,
  secret,
  secretList,
  serverUrlOrNone,
  text,
  wholeNumber,
} from './variable-types.ts'

const dialects = { section: 'Dialects' } as const
const qianxia = { section: 'Qianxia' } as const

/** Password of a documented sample, and what is used where none is set. */
export const DEFAULT_QIANXIA_PASSWORD = 'pwd'

/** The variables of the dialects; Qianxia's have the names and defaults of its document. */
export const DIALECT_VARIABLES = {
  OCR_COMPAT_PORTS: withDefault(portList, '5000,8031,54188', {
    ...dialects,
    description:
      'Documented ports to open as well: 5000 serves Py OCR and dots, 8031 DeepSeek, 54188 Qianxia (on `PORT`). Empty: none.',
  }),
  OCR_DIALECT_PREFIXES: withDefault(flag, 'true', {
    ...dialects,
    description:
      'Serves the dialects on the main port under `/pyocr`, `/dots`, `/qianxia`, `/scnet` and `/deepseek`.',
  }),
  OCR_DIALECT_ROOTS: withDefault(flag, 'true', {
    ...dialects,
    description: 'Serves the dialects on the main port at their documented paths.',
  }),
  OCR_ALLOWED_URL_HOSTS: withDefault(hostPairList, '', {
    ...dialects,
    description:
      'Hosts that files may be fetched from although they are private, as `host:port`, separated by commas.',
  }),
  OCR_ALLOWED_URL_PORTS: withDefault(portList, '', {
    ...dialects,
    description: 'Ports besides 80 and 443 that files may be fetched from.',
  }),
  OCR_INTERNAL_URL: withoutDefault(plainHttpOrigin, 'the main port on this machine', {
    ...dialects,
    description:
      'Where workers reach this api process, for answers that are streamed. Of each process its own.',
  }),
  PY_OCR_STRICT_FILENAMES: withDefault(flag, 'false', {
    ...dialects,
    description:
      'Py OCR: `true` refuses file names of anything but letters, digits, `_`, `-` and a dot.',
  }),
  PY_OCR_DOWNSCALE: withDefault(flag, 'false', {
    ...dialects,
    description: 'Py OCR: `true` accepts images above 4096 × 4096 px and draws them smaller.',
  }),
  DOTS_MAX_INFLIGHT: withoutDefault(wholeNumber(1, 1024), 'the slots of all ready GPU workers', {
    ...dialects,
    description: 'dots: requests at once; one more is answered with 429.',
  }),
  DOTS_PATH_ROOTS: withDefault(pathList, '', {
    ...dialects,
    description:
      'dots: directories whose files may be named by path, separated by commas. Empty: local paths are refused.',
  }),
  SCNET_API_KEYS: withDefault(secretList, '', {
    ...dialects,
    description:
      'SCNet: accepted bearer tokens, separated by commas. Empty: every token is accepted.',
  }),
  SCNET_CODE_STYLE: withDefault(oneOf(['doc', 'zero']), 'doc', {
    ...dialects,
    description: 'SCNet: `zero` answers `"code":"0"` to every call that succeeds.',
  }),
  PASSWORD: withDefault({ ...secret, emptyIsValue: true }, DEFAULT_QIANXIA_PASSWORD, {
    ...qianxia,
    description:
      'First segment of all paths. Empty: the paths stand at the root. With `OCR_PRODUCTION=true` it must have 12 characters, or Qianxia is not served.',
  }),
  PORT: withDefault(wholeNumber(0, 65_535), '54188', {
    ...qianxia,
    description: 'Port of Qianxia; opened when `OCR_COMPAT_PORTS` has 54188. `0` takes a free one.',
  }),
  CONCURRENCY: withDefault(wholeNumber(1, 256), '5', {
    ...qianxia,
    description: 'Pages of one task under way at once.',
  }),
  MAX_RETRIES: withDefault(wholeNumber(0, 20), '5', {
    ...qianxia,
    description: 'Times that a page is tried again.',
  }),
  PDF_DPI: withDefault(wholeNumber(72, 600), '200', {
    ...qianxia,
    unit: 'dpi',
    description: 'Resolution that pages of a PDF are drawn with.',
  }),
  BATCH_SIZE: withDefault(wholeNumber(1, 1000), '8', {
    ...qianxia,
    unit: 'pages',
    description: 'Consecutive pages that progress is told of as one batch.',
  }),
  MAX_IMAGE_SIZE_MB: withDefault(wholeNumber(1, 10_240), '50', {
    ...qianxia,
    unit: 'MiB',
    description: 'Largest image.',
  }),
  MAX_PDF_SIZE_MB: withDefault(wholeNumber(1, 10_240), '200', {
    ...qianxia,
    unit: 'MiB',
    description: 'Largest PDF.',
  }),
  MAX_PDF_PAGES: withDefault(wholeNumber(1, 100_000), '500', {
    ...qianxia,
    unit: 'pages',
    description: 'Longest PDF.',
  }),
  QIANXIA_INSPECTION_WAIT_S: withDefault(wholeNumber(0, 600), '10', {
    ...qianxia,
    unit: 's',
    description:
      'Time that the submit of a PDF waits for it to be opened, so that it can tell what is wrong with it; it is accepted when the time is up. Keep it below the time limit of a proxy.',
  }),
  TITLE: withDefault(text, '呱呱的oai图转文', { ...qianxia, description: 'Title of the page.' }),
  FAVICON_URL: withDefault(text, '/static/favicon.ico', {
    ...qianxia,
    description: 'Icon of the page.',
  }),
  BACK_URL: withDefault(serverUrlOrNone, '', {
    ...qianxia,
    description:
      'Address that the page calls in place of its own, to get round a proxy with a short time limit, with or without `PASSWORD` at its end. Set `OCR_PUBLIC_URL` to the address of the page.',
  }),
  QIANXIA_REQUIRE_LOGIN: withDefault(flag, 'false', {
    ...qianxia,
    description: '`true` serves tasks to users who are logged in only.',
  }),
  QIANXIA_USER_PAGES: withDefault(wholeNumber(0, 1_000_000_000), '1000000', {
    ...qianxia,
    unit: 'pages',
    description:
      'Pages that a user may have read within 30 days; the first user has 1,000,000 or this, whichever is more.',
  }),
}
