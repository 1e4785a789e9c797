import fc from 'fast-check'
import type { Route } from '../../../src/api/http/route.ts'
import { z } from 'zod'
import { goodTextFor, goodValueFor, HOSTILE_TEXTS, textFor, valueFor } from './field-values.ts'

/** A body and the content type that it is sent as; `null`: none. */
export type FuzzBody = { readonly contentType: string | null; readonly bytes: Buffer }

const PDF = Buffer.from('%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF\n')
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')

/** The limits of the tests' api are lower. */
const LARGE = Buffer.alloc(130_000, '%PDF-1.7 ')

const DEEP = 20_000

/** JSON that parsers, or what comes after them, choke on. */
const HOSTILE_JSON: readonly string[] = [
  '',
  'null',
  '""',
  '0',
  '[]',
  '{}',
  '{',
  '{"task_ids":',
  '{"a":1}{"a":2}',
  "{'a':1}",
  '\uFEFF{}',
  '{"a":NaN}',
  '{"max_new_tokens":1e999,"image":"x"}',
  `{"dpi":${'9'.repeat(400)},"url":"https://example.com"}`,
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"task_ids":{"length":5,"__proto__":[]}}',
  '{"image":"a","image":["b"]}',
  '{"toString":1,"hasOwnProperty":2,"then":3}',
  '{"task_ids":["\\ud800","\\u0000"]}',
  `{"task_ids":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
  '{"a":'.repeat(DEEP),
  `{"task_ids":[${'"a",'.repeat(2_000)}"a"]}`,
  `{${Array.from({ length: 2_000 }, (_, n) => `"k${n}":0`).join(',')}}`,
]

/** Without these nothing is taken. */
const NEEDED = ['url', 'file_url', 'image', 'image_format', 'image_base64', 'username', 'password']

const NOTHING: FuzzBody = { contentType: null, bytes: Buffer.alloc(0) }

const JSON_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=utf-16',
  'application/json; charset=nonsense',
]
const OTHER_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  `multipart/form-data; boundary=${'b'.repeat(100)}`,
  'multipart/mixed; boundary=fuzz',
  'application/problem+json',
  'application/json/json',
  '*/*',
  ';',
]

/** A body for a route: mostly one of the right shape, with mistakes in it. */
export function bodyFor(route: Route): fc.Arbitrary<FuzzBody> {
  const json = jsonFieldsOf(route)
  const form = shapeOf(route.multipart)
  return fc.oneof(
    ...(json === null ? [] : [{ arbitrary: jsonOf(json), weight: 12 }]),
    ...(form === null ? [] : [{ arbitrary: formOf(form), weight: 16 }]),
    { arbitrary: hostileJson, weight: 3 },
    { arbitrary: mistyped, weight: 1 },
    { arbitrary: formOf({ file: z.file(), name: z.string() }), weight: 1 },
    { arbitrary: fc.constant(NOTHING), weight: json === null && form === null ? 8 : 1 },
  )
}

// Made once: texts and JSON take long to make.
const fileName = fc.oneof(
  fc.constantFrom('a.pdf', 'a.png', ...HOSTILE_TEXTS),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
)

const extraFields = fc.dictionary(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.jsonValue({ maxDepth: 1 }),
  { maxKeys: 1 },
)

const hostileJson = fc
  .tuple(
    fc.constantFrom(...JSON_TYPES),
    fc.oneof(fc.constantFrom(...HOSTILE_JSON), fc.json({ maxDepth: 4 })),
  )
  .map(([contentType, text]): FuzzBody => ({ contentType, bytes: Buffer.from(text) }))

const mistyped = fc
  .tuple(fc.constantFrom(...OTHER_TYPES), fc.uint8Array({ maxLength: 200 }))
  .map(([contentType, bytes]): FuzzBody => ({ contentType, bytes: Buffer.from(bytes) }))

function jsonOf(fields: readonly string[]): fc.Arbitrary<FuzzBody> {
  const recordOf = (value: (name: string) => fc.Arbitrary<unknown>) =>
    fc.record(Object.fromEntries(fields.map((name) => [name, value(name)])), {
      requiredKeys: fields.filter((name) => NEEDED.includes(name)),
    })
  const mistaken = fc
    .tuple(recordOf(valueFor), extraFields)
    .map(([body, extra]) => ({ ...extra, ...body }))
  return fc.oneof(recordOf(goodValueFor), mistaken).map((body) => ({
    contentType: 'application/json',
    bytes: Buffer.from(JSON.stringify(body)),
  }))
}

type Part = { readonly name: string; readonly fileName: string | null; readonly bytes: Buffer }

function formOf(shape: Readonly<Record<string, unknown>>): fc.Arbitrary<FuzzBody> {
  const names = Object.keys(shape)
  const files = names.filter((name) => ['file', 'files', 'image'].includes(name))
  const texts = names.filter((name) => !files.includes(name))
  const file = fc.record({
    name: fc.oneof(
      { arbitrary: fc.constantFrom(...files), weight: 12 },
      { arbitrary: fc.constantFrom('file', 'image', '', 'a[b]', '__proto__'), weight: 1 },
    ),
    fileName,
    bytes: fc.oneof(
      { arbitrary: fc.constantFrom(PDF, PNG), weight: 6 },
      { arbitrary: fc.constantFrom(LARGE, Buffer.alloc(0)), weight: 1 },
      {
        arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
        weight: 1,
      },
    ),
  })
  const named = fc.oneof(
    ...[...texts, 'unknown', '__proto__', 'a[0][b]'].map((name) =>
      textFor(name).map((text) => textPart(name, text)),
    ),
  )
  const good = fc
    .tuple(
      fc.constantFrom(...files, 'file'),
      fc.constantFrom(PDF, PNG),
      fc.subarray(texts.map((name): [string, fc.Arbitrary<string>] => [name, goodTextFor(name)])),
    )
    .chain(([name, bytes, fields]) =>
      fc
        .tuple(...fields.map(([field, text]) => text.map((value) => textPart(field, value))))
        .map((parts) => [...parts, { name, fileName: 'a.pdf', bytes }]),
    )
    .map(multipart)
  const mistaken = fc
    .tuple(
      fc.array(named, { maxLength: 4 }),
      fc.array(file, { maxLength: 3 }),
      fc.oneof(
        { arbitrary: fc.constant(Infinity), weight: 9 },
        { arbitrary: fc.nat(200), weight: 1 },
      ),
    )
    .map(([fields, parts, size]) => multipart([...fields, ...parts]).subarray(0, size))
  return fc
    .oneof(good, mistaken)
    .map((bytes) => ({ contentType: 'multipart/form-data; boundary=fuzz', bytes }))
}

function textPart(name: string, text: string): Part {
  return { name, fileName: null, bytes: Buffer.from(text) }
}

function multipart(parts: readonly Part[]): Buffer {
  const chunks = parts.flatMap(({ name, fileName, bytes }) => [
    Buffer.from(
      `--fuzz\r\nContent-Disposition: form-data; name="${name}"` +
        `${fileName === null ? '' : `; filename="${fileName}"`}\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ])
  return Buffer.concat([...chunks, Buffer.from('--fuzz--\r\n')])
}

function jsonFieldsOf({ body, jsonInstead }: Route): readonly string[] | null {
  const schema = jsonInstead ?? (body instanceof z.ZodObject ? body : null)
  if (schema !== null) return Object.keys(schema.shape)
  return body === null ? null : ['task_ids']
}

function shapeOf(schema: z.ZodObject | undefined): Readonly<Record<string, unknown>> | null {
  return schema === undefined ? null : schema.shape
}
