import { gzipSync } from 'node:zlib'
import { REFUSED_URLS } from '../../unit/platform/safe-fetch/refused-urls.ts'
import { goodPdf } from '../pdf-kernel.ts'
import { ask, outcomeOfText, type BadRequest, type RequestOutcome } from './bad-request.ts'
import type { HttpTarget } from './http-target.ts'

/** Bodies, heads, paths, ids, URLs and names that are not as they should be. */
export function malformedRequests(): readonly BadRequest[] {
  return [...heads(), ...forms(), ...json(), ...paths(), ...urls(), ...names()]
}

const JSON_TYPE = { 'content-type': 'application/json' }

function heads(): BadRequest[] {
  const raw = (name: string, lines: (port: number) => string, want: readonly RequestOutcome[]) => ({
    name,
    family: 'head',
    send: async (target: HttpTarget) =>
      outcomeOfText((await target.talk(`${lines(target.port)}\r\n\r\n`)).received),
    want,
  })
  const get = (port: number, more: string): string =>
    `GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}`
  const post = (port: number, more: string): string =>
    `POST /v1/documents HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${more}`
  return [
    raw('17 KB of headers', (port) => get(port, `X: ${'y'.repeat(17_000)}`), ['431']),
    raw(
      '2,000 headers',
      (port) => get(port, Array.from({ length: 2_000 }, (_, n) => `X${n}: y`).join('\r\n')),
      ['431'],
    ),
    raw('two lengths', (port) => post(port, 'Content-Length: 5\r\nContent-Length: 6'), ['400']),
    raw(
      'a length and chunks',
      (port) => post(port, 'Content-Length: 5\r\nTransfer-Encoding: chunked'),
      ['400'],
    ),
    raw('a negative length', (port) => post(port, 'Content-Length: -1'), ['400']),
    raw('a header that is folded', (port) => get(port, 'X: a\r\n b'), ['400', '200']),
    raw('a header without a colon', (port) => get(port, 'X'), ['400']),
    raw('NUL in a header', (port) => get(port, 'X: a\0b'), ['400']),
    raw('no host', () => 'GET /healthz HTTP/1.1', ['400']),
    raw('HTTP of another kind', () => 'GET /healthz HTTP/9.9', ['400']),
    raw('no HTTP at all', () => '\x16\x03\x01\x02\0\x01', ['400']),
    raw('a bare line feed', (port) => get(port, 'A: b\nTransfer-Encoding: chunked'), [
      '400',
      '200',
    ]),
  ]
}

function forms(): BadRequest[] {
  const part = (head: string, body = 'x'): string =>
    `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`
  const file = part('name="file"; filename="a.pdf"', goodPdf().toString('latin1'))
  const end = '--b--\r\n'
  const many = Array.from({ length: 1_000 }, (_, n) => part(`name="f${n}"`)).join('')
  const malformed = ['400 REQUEST_MALFORMED']
  const bodies: Record<string, readonly [string, readonly RequestOutcome[]]> = {
    'a thousand fields': [many + file + end, malformed],
    'two files': [file + file + end, malformed],
    'nested names': [part('name="a[b][c]"') + file + end, malformed],
    'an array index': [part('name="a[999999999]"') + file + end, malformed],
    'a name within __proto__': [part('name="__proto__[x]"') + file + end, malformed],
    'a part without a name': [
      `--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n${file}${end}`,
      malformed,
    ],
    'a header that begins with a blank': [
      `--b\r\n Content-Disposition: form-data; name="a"\r\n\r\nx\r\n${file}${end}`,
      malformed,
    ],
    'a field of 100,001 bytes': [
      part('name="a"', 'x'.repeat(100_001)) + file + end,
      [...malformed, '413 FILE_TOO_LARGE'],
    ],
    'a name of 101 letters': [part(`name="${'n'.repeat(101)}"`) + file + end, malformed],
    'NUL in a file name': [part('name="file"; filename="a\0.pdf"') + end, malformed],
    'no end': [part('name="file"; filename="a.pdf"', 'x'.repeat(5_000)), malformed],
    'a part header of 50 KB': [
      `--b\r\nX: ${'y'.repeat(50_000)}\r\n\r\nx\r\n${file}${end}`,
      malformed,
    ],
    'no part': ['not multipart', malformed],
    'no file name': [part('name="file"; filename=""') + end, malformed],
    'another name': [part('name="image"; filename="a.pdf"') + end, malformed],
  }
  return Object.entries(bodies).map(([name, [body, want]]) => ({
    name: `a form with ${name}`,
    family: 'form',
    send: (target) =>
      ask(target, '/v1/documents', {
        method: 'POST',
        body: Buffer.from(body, 'latin1'),
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
    want,
  }))
}

function json(): BadRequest[] {
  const send =
    (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    (target: HttpTarget) =>
      ask(target, '/v1/documents', { method: 'POST', body, headers: { ...JSON_TYPE, ...headers } })
  const bad = ['400 REQUEST_MALFORMED']
  const forbidden = ['400 URL_NOT_ALLOWED', ...bad]
  const url = '"url":"http://10.0.0.1/a.pdf"'
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000, 32)))
  const cases: [string, ReturnType<typeof send>, readonly RequestOutcome[]][] = [
    [
      'over a mebibyte',
      send(`{"url":"${'x'.repeat(1_048_576)}"}`),
      ['413 FILE_TOO_LARGE', '413 REQUEST_TOO_LARGE'],
    ],
    [
      'a gzip bomb',
      send(bomb, { 'content-encoding': 'gzip' }),
      [
        '415 UNSUPPORTED_MEDIA_TYPE',
        '415 REQUEST_MALFORMED',
        '415 UNSUPPORTED_FILE_TYPE',
        '413 FILE_TOO_LARGE',
      ],
    ],
    ['400,000 arrays', send('['.repeat(400_000) + ']'.repeat(400_000)), bad],
    ['a half', send('{"url":'), bad],
    ['nothing', send(''), bad],
    ['a text', send('"text"'), bad],
    ['null', send('null'), bad],
    [
      'an unknown character set',
      send('{}', { 'content-type': 'application/json; charset=bogus' }),
      ['415 UNSUPPORTED_MEDIA_TYPE', '415 REQUEST_MALFORMED', '415 UNSUPPORTED_FILE_TYPE'],
    ],
    ['the key __proto__', send(`{"__proto__":{"x":1},${url}}`), forbidden],
    ['one key twice', send(`{"url":"https://example.com/a.pdf",${url}}`), forbidden],
    ['a constructor', send(`{"constructor":{"prototype":{"x":1}},${url}}`), forbidden],
    ['a number for a URL', send('{"url":7}'), bad],
  ]
  return cases.map(([name, sending, want]) => ({
    name: `JSON: ${name}`,
    family: 'JSON',
    send: sending,
    want,
  }))
}

function paths(): BadRequest[] {
  const parts = [
    '../../etc/passwd',
    '%2e%2e%2fetc%2fpasswd',
    '..%2f..%2fetc%2fpasswd',
    '..%5c..%5cwindows',
    '%00',
    'a%00.txt',
    '%c0%ae%c0%ae%2f',
    '%2fetc%2fpasswd',
    '%',
    '%zz',
    "'",
    'constructor',
    '__proto__',
    'x'.repeat(5_000),
    '00000000-0000-4000-8000-000000000000',
  ]
  const none = ['404', '404 NOT_FOUND']
  const bases: Record<string, readonly RequestOutcome[]> = {
    '/results/': none,
    '/v1/documents/': [...none, '404 DOCUMENT_NOT_FOUND', '400 REQUEST_MALFORMED'],
    '/api/status/': [...none, '404 TASK_NOT_FOUND', '400 INVALID_TASK_ID'],
    '/static/': [...none, '400 REQUEST_MALFORMED'],
  }
  return Object.entries(bases).flatMap(([base, want]) =>
    parts.map((part) => ({
      name: `${base}${part.length > 50 ? `${part.length} letters` : part}`,
      family: 'path',
      // Not by fetch, which would tidy the path.
      send: async (target: HttpTarget) =>
        outcomeOfText(
          (
            await target.talk(
              `GET ${base}${part} HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\n\r\n`,
            )
          ).received,
        ),
      want,
    })),
  )
}

function urls(): BadRequest[] {
  return REFUSED_URLS.filter((url) => url !== '').map((url) => ({
    name: `URL ${JSON.stringify(url.slice(0, 60))}`,
    family: 'URL',
    send: (target) =>
      ask(target, '/v1/documents', {
        method: 'POST',
        body: JSON.stringify({ url }),
        headers: JSON_TYPE,
      }),
    want: ['400 URL_NOT_ALLOWED'],
  }))
}

function names(): BadRequest[] {
  const sent = [
    '../../etc/passwd',
    'CON.pdf',
    'n'.repeat(300),
    'gpj.\u202Efdp',
    '😀.pdf',
    'é.pdf',
    'e\u0301.pdf',
    '发票.pdf',
    '-rf.pdf',
    'dot.',
    '%00.pdf',
    "'; DROP TABLE x; --",
    '<script>alert(1)</script>.pdf',
    '$(id).pdf',
    '{{7*7}}',
    'nul\u0001.pdf',
    ' ',
    '.',
    '..',
  ]
  return sent.map((name) => ({
    name: `a file called ${JSON.stringify(name.slice(0, 40))}`,
    family: 'file name',
    send: (target) => {
      const form = new FormData()
      form.set('file', new Blob([new Uint8Array(goodPdf())]), name)
      return ask(target, '/v1/documents', { method: 'POST', body: form })
    },
    // Names of dots are none, and the parser refuses control characters.
    want: name.includes('\u0001') || /^\.+$/.test(name) ? ['400 REQUEST_MALFORMED'] : ['202'],
  }))
}
