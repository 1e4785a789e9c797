import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { ENVIRONMENT } from '../../../src/config/environment.ts'
import { VARIABLE_ABOUT } from '../../../src/config/variable.ts'

type Env = Readonly<Record<string, string>>

/** Wrong values by what a variable accepts; the first pattern that matches counts. */
const WRONG: readonly (readonly [RegExp, (match: RegExpExecArray) => readonly string[]])[] = [
  [/^a whole number from (\d+) to (\d+)$/, ([, least = '', most = '']) => outside(+least, +most)],
  [/^a port from 1 to 65535, or off$/, () => ['0', '65536', '-1', 'on', '80 81', '1e3']],
  [/^a number from 0 to 2, or none$/, () => ['-1', '2.1', 'hot', '0,5', '1e-1']],
  [/^a number above 0, up to 10000$/, () => ['0', '-1', '10001', 'all', '0x1']],
  [/^a number above 0, up to 3600$/, () => ['0', '-1', '3601', 'all', '0x1']],
  [/^whsec_ and the base64/, () => WRONG_WEBHOOK_SECRETS],
  [/^true or false$/, () => ['1', '0', 'yes', 'on', 'TRUE', 'truefalse']],
  [/^an http origin/, () => [...NO_URLS, 'https://10.0.0.7', 'http://10.0.0.7/path']],
  [/ origin such as /, () => [...NO_URLS, 'https://ocr.example.com/path', 'ocr.example.com:80']],
  [/ address such as /, () => [...NO_URLS, 'http://h/?key=1', 'http://h/#part']],
  [/^host:port$/, () => ['localhost', ':7233', 'localhost:', 'http://h:1', 'h:99999', 'a b:1']],
  [/^host:port pairs/, () => ['localhost', 'h:1,,h:2', 'h:99999', 'http://h:1']],
  [/^name:sha256 pairs/, () => WRONG_KEYS],
  [
    /^http or https origins,/,
    () => ['*', 'null', 'https://a/path', 'https://a,,https://b', 'a.com'],
  ],
  [
    /^host names with or/,
    () => ['https://a', 'a/b', 'a,,b', 'a:0', 'a:99999', '[a]', '::1', 'a b'],
  ],
  [/^off, a number of proxies/, () => ['true', '0', '17', ...NO_RANGES, 'a', '1.2.3', '1,,2']],
  [/^ports from 1/, () => ['0', '65536', '80;81', '80,,81', 'http']],
  [/^(paths|texts), separated/, () => [',', 'a,,b']],
  [/^all, or some of/, () => ['none', 'ocr-cpu,', 'ocr-cpu documents', 'ALL']],
  [/^a bucket name/, () => ['a', 'With-Capitals', 'under_score', 'a..b', 'x'.repeat(64)]],
  [/^a region/, () => ['us east', 'us/east']],
  [/^text$/, () => []],
  [/^[\w, -]+$/, () => ['nonsense', 'PADDLE', 'debug,info', '1']],
]

const NO_URLS = ['nowhere', 'ftp://example.com', 'http://', '//example.com', 'http://a b']

const HASH = 'ab'.repeat(32)
const WRONG_KEYS = [
  'key',
  `a:${HASH.slice(1)}`,
  `:${HASH}`,
  `a b:${HASH}`,
  `${'x'.repeat(65)}:${HASH}`,
  `a:${HASH},a:${'cd'.repeat(32)}`,
  `a:${HASH},b:${HASH}`,
  `a:${HASH},,b:${HASH}`,
  `${HASH}`,
]

const NO_RANGES = [
  '10.0.0.0/33',
  '10.0.0.0/0',
  '10.0.0.0/00',
  '::/129',
  '::/0',
  '::ffff:10.0.0.7',
  '::ffff:a00:0/104',
]

const LONG = `whsec_${'A'.repeat(32)}`
const WRONG_WEBHOOK_SECRETS = [
  'A'.repeat(32),
  'whsec_',
  `whsec_${'A'.repeat(28)}`,
  `whsec_${'A'.repeat(88)}`,
  `whsec_${'A'.repeat(33)}`,
  `whsec_${'A'.repeat(31)}-`,
  `${LONG},`,
  `${LONG},${LONG},${LONG}`,
]

function outside(least: number, most: number): readonly string[] {
  const words = ['abc', '1.5', '-1', '0x10', '1e3', '5 5', '∞', `${most + 1}`, '9'.repeat(30)]
  return least === 0 ? words : [...words, String(least - 1)]
}

function wrongValuesFor(accepts: string): readonly string[] {
  for (const [pattern, values] of WRONG) {
    const match = pattern.exec(accepts)
    if (match !== null) return values(match)
  }
  throw new Error(`No wrong values for what accepts ${accepts}`)
}

function problemsOf(env: Env): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

const namesOf = (problems: readonly string[]): readonly string[] =>
  problems.map((problem) => problem.slice(0, problem.indexOf('=')))

describe('a wrong value', () => {
  for (const [name, schema] of Object.entries(ENVIRONMENT.shape)) {
    const about = VARIABLE_ABOUT.get(schema)
    const values = wrongValuesFor(about?.accepts ?? '')
    if (values.length > 0)
      it(`of ${name} gives one line that names it and what is right`, () => {
        for (const value of values) {
          const problems = problemsOf({ [name]: value })

          assert.equal(problems.length, 1, `${value}: ${problems.join('; ')}`)
          const [line = ''] = problems
          assert.ok(line.startsWith(`${name}=`), line)
          assert.ok(line.endsWith(`: expected ${about?.accepts}`), line)
          assert.equal(
            line.includes('[redacted]') || about?.isSecret,
            about?.isSecret || /[?#]/.test(value),
            line,
          )
        }
      })
  }

  it('is shown on one line, and not at any length', () => {
    const [line = ''] = problemsOf({ OCR_PORT: `1\n2\u001B[31m${'x'.repeat(100_000)}` })

    assert.ok(!line.includes('\n') && !line.includes('\u001B'))
    assert.ok(line.length < 250, `${line.length}`)
  })

  it('hides what an address carries', () => {
    for (const value of [
      'ftp://me:hunter2@h/',
      'http://me:hunter2@h',
      'http://h/v1?key=hunter2',
      'http://h/#hunter2',
    ])
      for (const name of ['OCR_LLM_BASE_URL', 'OCR_PUBLIC_URL', 'OCR_S3_ENDPOINT', 'OCR_SERVER']) {
        const problems = problemsOf({ [name]: value })

        assert.equal(problems.length, 1)
        assert.doesNotMatch(problems.join(), /hunter2/)
      }
  })
})

/** Settings that are right by themselves and wrong together; the variable that is told. */
const TOGETHER: readonly (readonly [string, Env])[] = [
  ['OCR_LLM_MODEL', { OCR_LLM_API_KEY: 'k' }],
  ['OCR_LLM_BASE_URL', { OCR_LLM_MODEL: 'm' }],
  ['OCR_LLM_API_KEY', { OCR_LLM_BASE_URL: 'https://api.openai.com/v1', OCR_LLM_MODEL: 'm' }],
  ['OCR_OLLAMA_MODEL', { OCR_OLLAMA_URL: 'http://localhost:1' }],
  ['OCR_OLLAMA_URL', { OCR_OLLAMA_MODEL: 'm' }],
  ['OCR_DOTS_URL', { OCR_DOTS_API_KEY: 'k' }],
  ['OCR_DEEPSEEK_URL', { OCR_DEEPSEEK_API_KEY: 'k' }],
  ['OCR_WORKER_ROLES', { OCR_WORKER_ROLES: 'ocr-remote' }],
  ['OCR_S3_ENDPOINT', { OCR_S3_BUCKET: 'ocr' }],
  ['OCR_S3_BUCKET', { ...s3(), OCR_S3_BUCKET: '' }],
  ['OCR_S3_ACCESS_KEY', { ...s3(), OCR_S3_ACCESS_KEY: '' }],
  ['OCR_S3_SECRET_KEY', { ...s3(), OCR_S3_SECRET_KEY: '' }],
  ['OCR_S3_SECRET_KEY', { ...s3(), OCR_S3_SECRET_KEY: 'minioadmin', OCR_PRODUCTION: 'true' }],
  ['OCR_SECRET', { OCR_SECRET: 'minioadmin', OCR_PRODUCTION: 'true' }],
  ['TEMPORAL_ADDRESS', { TEMPORAL_ADDRESS: 'temporal:7233' }],
  ['TEMPORAL_TLS', { TEMPORAL_API_KEY: 'minioadmin', TEMPORAL_TLS: 'false' }],
  ['OCR_METRICS_PORT', { OCR_METRICS_PORT: '8080' }],
  ['OCR_SDK_METRICS_PORT', { OCR_METRICS_PORT: '9464', OCR_SDK_METRICS_PORT: '9464' }],
  ['OCR_TEMPORAL_UI_PORT', { OCR_TEMPORAL_PORT: '7233', OCR_TEMPORAL_UI_PORT: '7233' }],
  ['PASSWORD', { PASSWORD: 'api' }],
]

function s3(): Env {
  return {
    OCR_S3_ENDPOINT: 'http://127.0.0.1:7070',
    OCR_S3_BUCKET: 'ocr',
    OCR_S3_ACCESS_KEY: 'k',
    OCR_S3_SECRET_KEY: 's'.repeat(32),
  }
}

describe('settings that do not go together', () => {
  for (const [name, env] of TOGETHER)
    it(`give one line that names ${name}: ${Object.keys(env).join(', ')}`, () => {
      const problems = problemsOf(env)

      assert.deepEqual(namesOf(problems), [name])
      assert.match(problems[0] ?? '', /: expected /)
      assert.doesNotMatch(problems.join(), /minioadmin/)
    })

  it('are told beside wrong values, each variable once', () => {
    const env = { ...Object.assign({}, ...TOGETHER.map(([, settings]) => settings)), OCR_PORT: 'x' }

    const names = namesOf(problemsOf(env))

    assert.ok(names.includes('OCR_PORT') && names.includes('PASSWORD'), names.join())
    assert.equal(new Set(names).size, names.length, names.join())
  })
})
