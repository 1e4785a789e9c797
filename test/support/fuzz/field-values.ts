import fc from 'fast-check'
import type { Dialect } from '../../../src/contract/document.ts'
import { sampleDocumentId } from '../document-status.ts'
import { DOCUMENT_COUNT, documentIdsOf, SAVED_RESULT } from './fuzz-documents.ts'

/** Texts that somebody's parser, file system, regular expression or prototype chokes on. */
export const HOSTILE_TEXTS: readonly string[] = [
  '',
  ' ',
  '..',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '\u0000',
  'a\r\nSet-Cookie: a=b',
  '\u202Egnp.exe',
  '发票 1.pdf',
  '👨‍👩‍👧',
  '\uFEFF',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '1e999',
  '-1',
  '0',
  '99999999999999999999',
  'x'.repeat(3_000),
  '%'.repeat(50),
]

const PNG = Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex')

const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.uuid(),
)

const anyDocumentId = fc.nat(DOCUMENT_COUNT + 1).map((n) => String(sampleDocumentId(n)))

const anyJson = fc.jsonValue({ maxDepth: 3 })

/** Of one dialect, mostly of the document that has ended well. */
function documentIdOf(dialect: Dialect): fc.Arbitrary<string> {
  const [completed = '', ...others] = documentIdsOf(dialect)
  return fc.constantFrom<string>(completed, completed, completed, completed, ...others)
}

const scnetId = fc.oneof({ arbitrary: documentIdOf('scnet'), weight: 4 }, anyDocumentId)

const taskId = fc.oneof(documentIdOf('qianxia'), documentIdOf('py-ocr'), scnetId)

const url = fc.constantFrom('https://example.com/a.pdf', 'http://files.example.com:80/%E5%8F%91?a')

const png = PNG.toString('base64')

/** What is taken, by the name of a field, a parameter or a query. */
const GOOD: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  id: fc.oneof({ arbitrary: documentIdOf('v1'), weight: 4 }, anyDocumentId),
  task_id: taskId,
  taskId: scnetId,
  task_ids: fc.array(taskId, { minLength: 1, maxLength: 5 }),
  taskIds: fc.array(scnetId, { minLength: 1, maxLength: 5 }),
  n: fc.constantFrom('1', '2'),
  page_number: fc.constantFrom('1', '2'),
  wait: fc.constantFrom('0', '60'),
  limit: fc.constantFrom('1', '100'),
  offset: fc.constantFrom('0', '5'),
  dpi: fc.constantFrom('200', 600),
  status: fc.constantFrom('completed', 'failed'),
  format: fc.constantFrom('json', 'json', 'text', 'txt', 'md', 'markdown'),
  engine: fc.constantFrom('paddle', 'tesseract', ''),
  languages: fc.constantFrom('zh,en', ''),
  pages: fc.constantFrom('1-3,7', ''),
  url,
  file_url: url,
  fileUrl: url,
  ocr_type: fc.constant('DOC_PARING'),
  ocrType: fc.constant('DOC_PARING'),
  image: fc.constantFrom(png, `data:image/png;base64,${png}`),
  image_base64: fc.constantFrom(png, `data:image/png;base64,${png}`),
  image_format: fc.constant('base64'),
  prompt_type: fc.constantFrom('prompt_layout_all_en', 'prompt_ocr', 'prompt_grounding_ocr'),
  prompt: fc.constantFrom('<image>\nFree OCR.', '<image>\\nFree OCR.', ''),
  temperature: fc.constantFrom(0.1, 0, 2),
  top_p: fc.constantFrom(1, 0.5),
  max_new_tokens: fc.constantFrom(12_000, 1),
  stream: fc.boolean(),
  raw: fc.boolean(),
  save_to_file: fc.constantFrom('true', 'False', '1'),
  base_size: fc.constantFrom('1024', '640'),
  image_size: fc.constant('640'),
  crop_mode: fc.constant('true'),
  bbox: fc.constantFrom([0, 0, 10, 10], null),
  username: fc.constantFrom('user1', '用户名'),
  password: fc.constantFrom('secret1', ''),
  file: fc.constantFrom('style.css', 'home.js', 'favicon.ico'),
  filename: fc.constant(SAVED_RESULT),
}

/** What is not, or only just. */
const BAD: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  task_ids: fc.array(anyText, { maxLength: 3 }),
  n: fc.constantFrom('0', '-1', '5', '1.5', '1e3'),
  page_number: fc.constantFrom('0', '-1', '5', '1.5', '1e3'),
  wait: fc.constantFrom('61', '-1', '1e1'),
  limit: fc.constantFrom('0', '101', '-1'),
  offset: fc.constantFrom('-1', '1e9', '1.5'),
  dpi: fc.constantFrom(71, 601, '200.5', 1e308),
  engine: fc.constantFrom('llm', 'dots', 'abbyy'),
  pages: fc.constantFrom('9-1', '0', '1-999999999', '1,'.repeat(1_000)),
  url: fc.webUrl({ withQueryParameters: true }),
  file_url: fc.constantFrom('http://127.0.0.1', 'file:///etc/passwd', 'a.pdf'),
  image: fc.constantFrom('https://example.com/a.png', '/etc/passwd', '=', 'data:image/png;base64,'),
  image_base64: fc.constantFrom(',', '====', 'data:image/png;base64,'),
  image_format: fc.constantFrom('url', 'path', 'ftp'),
  prompt: fc.constantFrom('x'.repeat(4_097), '<image>'.repeat(500)),
  temperature: fc.constantFrom(-1, 1e308, '0.1'),
  max_new_tokens: fc.constantFrom(0, 1e300, 1.5),
  bbox: fc.constantFrom([10, 10, 0, 0], [0, 0, 1], [1e9, 0, 1, 1]),
  base_size: fc.constantFrom('1', 99_999, '1e3'),
  username: fc.constantFrom('x', 'a b c'),
  filename: fc.constant('ocr_result_20250127_143022.txt'),
}

/** Some of the names are those of every object's prototype. */
function entry(
  table: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  name: string,
): fc.Arbitrary<unknown> {
  return (Object.hasOwn(table, name) ? table[name] : undefined) ?? anyText
}

/** A value that a field of that name may have. */
export function goodValueFor(name: string): fc.Arbitrary<unknown> {
  return entry(GOOD, name)
}

/** A value for a field of that name: a good one, one that is nearly good, or anything in JSON. */
export function valueFor(name: string): fc.Arbitrary<unknown> {
  return fc.oneof(
    { arbitrary: entry(GOOD, name), weight: 6 },
    { arbitrary: entry(BAD, name), weight: 2 },
    { arbitrary: anyText, weight: 1 },
    { arbitrary: anyJson, weight: 1 },
  )
}

/** The same as text, for a place where everything is text. */
export function textFor(name: string): fc.Arbitrary<string> {
  return fc
    .oneof(
      { arbitrary: entry(GOOD, name), weight: 6 },
      { arbitrary: entry(BAD, name), weight: 2 },
      { arbitrary: anyText, weight: 1 },
    )
    .map(toText)
}

/** A good value as text. */
export function goodTextFor(name: string): fc.Arbitrary<string> {
  return entry(GOOD, name).map(toText)
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
