import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { runProgram } from '../../scripts/temporal/run-program.ts'
import { temporalAddress } from '../support/temporal-address.ts'

const ROOT = join(import.meta.dirname, '..', '..')

const API = ['src/api/main.ts']
const WORKER = ['src/workers/main.ts']
const LAUNCHER = 'bin/durable-ocr.cjs'

/** Every way in that reads the configuration. */
const PROGRAMS = [
  API,
  WORKER,
  ['scripts/start.ts'],
  ['scripts/temporal-server.ts', '--install'],
  ['scripts/prepare-temporal.ts'],
  ['scripts/container-health.ts', 'api'],
  [LAUNCHER, join(ROOT, 'samples', 'sample.pdf')],
  [LAUNCHER, 'list'],
  [LAUNCHER, 'serve'],
  [LAUNCHER, 'api'],
  [LAUNCHER, 'worker'],
]

/** One wrong setting of each kind, and what its line says. */
const WRONG: Readonly<Record<string, readonly [string, RegExp]>> = {
  OCR_PORT: ['eighty', /^OCR_PORT="eighty": expected a whole number from 0 to 65535$/],
  MAX_RETRIES: ['21', /^MAX_RETRIES="21": expected a whole number from 0 to 20$/],
  OCR_PUBLIC_URL: ['ocr', /^OCR_PUBLIC_URL="ocr": expected an http or https origin such as \S+$/],
  OCR_DOTS_URL: ['ftp://me:hunter2@h', /^OCR_DOTS_URL="ftp:\/\/\[redacted\]@h": expected an http/],
  OCR_CPU_ENGINE: ['magic', /^OCR_CPU_ENGINE="magic": expected paddle, tesseract$/],
  OCR_DIALECT_ROOTS: ['yes', /^OCR_DIALECT_ROOTS="yes": expected true or false$/],
  OCR_SECRET: ['hunter2', /^OCR_SECRET=\[redacted\]: expected at least 32 characters because/],
  TEMPORAL_ADDRESS: ['10.0.0.5:7233', /^TEMPORAL_ADDRESS="10.0.0.5:7233": expected TLS for/],
  OCR_S3_ENDPOINT: ['', /^OCR_S3_ENDPOINT="": expected a server beside OCR_S3_SECRET_KEY$/],
  PASSWORD: ['api', /^PASSWORD=\[redacted\]: expected no path that is served already/],
}

const directory = await mkdtemp(join(tmpdir(), 'wrong-settings-'))
after(() => rm(directory, { recursive: true }))

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; lines: readonly string[]; text: string }> {
  const [program = '', ...rest] = args
  const options = {
    cwd: directory,
    env: { OCR_DATA_DIR: directory, OCR_COMPAT_PORTS: '', TEMPORAL_ADDRESS: '', ...env },
    timeoutMs: 120_000,
  }
  const result = await runProgram(process.execPath, [join(ROOT, program), ...rest], options)
  const text = result.output.trim()
  return { code: result.exitCode, lines: text.split('\n').map((line) => line.trim()), text }
}

describe('a program with a wrong setting of each kind', () => {
  const values = Object.entries(WRONG).map(([name, [value]]) => [name, value])
  const env = {
    ...Object.fromEntries(values),
    OCR_PRODUCTION: 'true',
    OCR_S3_SECRET_KEY: 'k'.repeat(32),
  }

  for (const program of PROGRAMS)
    it(`${program.join(' ')} ends with 78 and one line for each`, async () => {
      const { code, lines, text } = await run(program, env)

      assert.equal(code, 78, text)
      for (const [name, [, pattern]] of Object.entries(WRONG))
        assert.equal(lines.filter((line) => pattern.test(line)).length, 1, `${name}: ${text}`)
      assert.equal(lines.length, 1 + Object.keys(WRONG).length, text)
      assert.doesNotMatch(text, /hunter2|kkkk|\n\s+at /)
    })
})

describe('a program with a setting that turns out wrong at the start', () => {
  const file = join(directory, 'a-file')

  for (const program of [API, WORKER, ['scripts/start.ts'], ['scripts/temporal-server.ts']])
    it(`${program.join(' ')} names OCR_DATA_DIR when nothing can be written there`, async () => {
      await writeFile(file, '')

      const { code, text } = await run(program, { OCR_DATA_DIR: join(file, 'data') })

      assert.equal(code, 78, text)
      assert.match(text, /^ {2}OCR_DATA_DIR=".*": expected a directory that can be written to$/m)
      assert.equal(text.split('\n').length, 2, text)
    })

  for (const program of [API, WORKER])
    it(`${program.join(' ')} names OCR_SECRET when the kept one is too short`, async () => {
      const data = await mkdtemp(join(directory, 'data-'))
      await writeFile(join(data, 'secret'), 'hunter2\n')

      const { code, text } = await run(program, { OCR_DATA_DIR: data, OCR_PORT: '0' })

      assert.equal(code, 78, text)
      assert.match(text, /^ {2}OCR_SECRET, kept in ".*": expected at least 32 characters/m)
      assert.doesNotMatch(text, /hunter2|\n\s+at /)
    })

  it('the worker names OCR_WORKFLOW_BUNDLE when there is no such file', async () => {
    const { code, text } = await run(WORKER, { OCR_WORKFLOW_BUNDLE: '/nowhere/bundle.cjs' })

    assert.equal(code, 78, text)
    assert.match(text, /^ {2}OCR_WORKFLOW_BUNDLE="\/nowhere\/bundle.cjs": expected a file/m)
  })

  it('the worker names OCR_PADDLE_MODELS when no models are there', async () => {
    const { code, lines, text } = await run(WORKER, { OCR_PADDLE_MODELS: '/nowhere' })

    assert.equal(code, 78, text)
    assert.match(text, /OCR_PADDLE_MODELS/)
    assert.equal(lines.length, 1, text)
    assert.doesNotMatch(text, /"stack"/)
  })

  it('the worker names TEMPORAL_NAMESPACE when Temporal has none of that name', async () => {
    const { code, text } = await run(WORKER, {
      TEMPORAL_ADDRESS: temporalAddress(),
      TEMPORAL_NAMESPACE: 'nowhere',
      OCR_WORKER_ROLES: 'documents',
    })

    assert.equal(code, 78, text)
    assert.match(text, /^ {2}TEMPORAL_NAMESPACE="nowhere": expected a namespace/m)
  })

  it('npm start names TEMPORAL_CLI_PATH when no Temporal CLI is there', async () => {
    const { code, text } = await run(['scripts/start.ts'], {
      TEMPORAL_CLI_PATH: '/nowhere',
      OCR_PORT: '0',
    })

    assert.equal(code, 1, text)
    assert.match(text, /^TEMPORAL_CLI_PATH="\/nowhere" is no Temporal CLI$/m)
    assert.doesNotMatch(text, /\n\s+at /)
  })

  it('the api names the host and the port that it cannot listen on', async () => {
    const { code, text } = await run(API, { OCR_HOST: 'nowhere.invalid', OCR_PORT: '8080' })

    assert.equal(code, 1, text)
    assert.match(text, /Cannot listen on nowhere\.invalid:8080: /)
    assert.doesNotMatch(text, /"stack"/)
  })
})
