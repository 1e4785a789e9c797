import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { ENVIRONMENT } from '../../../src/config/environment.ts'
import { shownValue } from '../../../src/config/shown-value.ts'
import { ACCESS_VARIABLE_ROWS } from '../../support/access-variable-rows.ts'
import { DIALECT_VARIABLE_ROWS } from '../../support/dialect-variable-rows.ts'
import { ENGINE_VARIABLE_ROWS, type VariableRow } from '../../support/engine-variable-rows.ts'
import { LIMITS_VARIABLE_ROWS } from '../../support/limits-variable-rows.ts'
import { WEBHOOK_VARIABLE_ROWS } from '../../support/webhook-variable-rows.ts'
import { RETENTION_VARIABLE_ROWS } from '../../support/retention-variable-rows.ts'
import { STORAGE_VARIABLE_ROWS } from '../../support/storage-variable-rows.ts'

/** Every variable, one good and one bad value. */
const TABLE: Readonly<Record<string, VariableRow>> = {
  OCR_PRODUCTION: { good: 'true', reads: (c) => c.production, as: true, bad: '1' },
  OCR_LOG_LEVEL: { good: 'debug', reads: (c) => c.logLevel, as: 'debug', bad: 'verbose' },
  OCR_DATA_DIR: { good: 'x', reads: (c) => c.dataDirectory, as: resolve('x'), bad: null },
  OCR_SECRET: { good: 'abc', reads: (c) => c.secret?.reveal(), as: 'abc', bad: null },
  OCR_HOST: { good: '0.0.0.0', reads: (c) => c.api.host, as: '0.0.0.0', bad: null },
  OCR_PORT: { good: '0', reads: (c) => c.api.port, as: 0, bad: '65536' },
  OCR_PUBLIC_URL: {
    good: 'https://ocr.example.com/',
    reads: (c) => c.api.publicUrl,
    as: 'https://ocr.example.com',
    bad: 'https://ocr.example.com/path',
  },
  OCR_TITLE: { good: 'Scans', reads: (c) => c.api.title, as: 'Scans', bad: null },
  OCR_MAX_UPLOAD_MB: { good: '1', reads: (c) => c.api.maxUploadBytes, as: 1_048_576, bad: '1.5' },
  OCR_MAX_PAGES: { good: '7', reads: (c) => c.api.maxPages, as: 7, bad: '0' },
  OCR_SIGNED_URL_TTL_S: { good: '60', reads: (c) => c.api.signedUrlTtlSeconds, as: 60, bad: '-1' },
  OCR_METRICS_PORT: { good: '9464', reads: (c) => c.metrics.port, as: 9464, bad: '0' },
  OCR_SDK_METRICS_PORT: { good: '9466', reads: (c) => c.metrics.sdkPort, as: 9466, bad: 'on' },
  TEMPORAL_ADDRESS: {
    good: 'localhost:1',
    reads: (c) => c.temporal.address,
    as: 'localhost:1',
    bad: 'localhost',
  },
  TEMPORAL_NAMESPACE: { good: 'ocr', reads: (c) => c.temporal.namespace, as: 'ocr', bad: null },
  TEMPORAL_API_KEY: { good: 'k', reads: (c) => c.temporal.apiKey?.reveal(), as: 'k', bad: null },
  TEMPORAL_TLS: { good: 'true', reads: (c) => c.temporal.tls, as: true, bad: 'on' },
  OCR_TEMPORAL_UI_URL: {
    good: 'https://temporal.example.com/ui/',
    reads: (c) => c.api.temporalUi,
    as: { url: 'https://temporal.example.com/ui', namespace: 'default' },
    bad: 'temporal.example.com',
  },
  OCR_ALLOW_INSECURE_TEMPORAL: { good: 'true', reads: () => null, as: null, bad: '0' },
  OCR_WORKER_ROLES: {
    good: 'ocr-cpu',
    reads: (c) => c.worker.roles,
    as: ['ocr-cpu'],
    bad: 'ocr-cpu,gpu',
  },
  OCR_CPU_SLOTS: { good: '3', reads: (c) => c.worker.cpuSlots, as: 3, bad: '0' },
  OCR_SHUTDOWN_GRACE_S: { good: '2', reads: (c) => c.worker.shutdownGraceMs, as: 2000, bad: '2s' },
  OCR_WORKFLOW_BUNDLE: {
    good: 'b.js',
    reads: (c) => c.worker.workflowBundlePath,
    as: resolve('b.js'),
    bad: null,
  },
  ...ACCESS_VARIABLE_ROWS,
  ...LIMITS_VARIABLE_ROWS,
  ...WEBHOOK_VARIABLE_ROWS,
  ...STORAGE_VARIABLE_ROWS,
  ...RETENTION_VARIABLE_ROWS,
  ...ENGINE_VARIABLE_ROWS,
  ...DIALECT_VARIABLE_ROWS,
  TEMPORAL_CLI_PATH: {
    good: '/t',
    reads: (c) => c.launcher.temporalCliPath,
    as: resolve('/t'),
    bad: null,
  },
  XDG_CACHE_HOME: {
    good: '/c',
    reads: (c) => c.launcher.cacheDirectory,
    as: resolve('/c/durable-ocr'),
    bad: null,
  },
  OCR_TEMPORAL_PORT: { good: '9', reads: (c) => c.launcher.temporalPort, as: 9, bad: '0' },
  OCR_TEMPORAL_UI_PORT: { good: '9', reads: (c) => c.launcher.temporalUiPort, as: 9, bad: 'x' },
  OCR_SERVER: {
    good: 'https://ocr.example.com/x/',
    reads: (c) => c.commandLine.serverUrl,
    as: 'https://ocr.example.com/x',
    bad: 'ocr.example.com',
  },
}

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

describe('loadConfig', () => {
  it('is tested with every variable', () => {
    assert.deepEqual(Object.keys(TABLE).toSorted(), Object.keys(ENVIRONMENT.shape).toSorted())
  })

  for (const [name, { good, reads, as, bad, beside }] of Object.entries(TABLE)) {
    const env = name === 'OCR_PRODUCTION' ? { OCR_SECRET: 's'.repeat(32) } : { ...beside }

    it(`reads ${name}=${good}`, () => {
      assert.deepEqual(reads(loadConfig({ ...env, [name]: good })), as)
    })

    if (bad !== null)
      it(`refuses ${name}=${bad} and shows the value`, () => {
        const [problem, ...others] = problemsOf({ [name]: bad })

        assert.ok(problem?.startsWith(`${name}=${shownValue(bad)}: expected `), problem)
        assert.deepEqual(others, [])
      })
  }

  it('refuses a Qianxia password that is a path of somebody else, or none at all', () => {
    for (const password of ['api', 'v1', 'Files', 'a/b'])
      assert.match(problemsOf({ PASSWORD: password }).join(), /^PASSWORD=\[redacted\]: expected no/)
    assert.equal(loadConfig({ PASSWORD: '' }).api.qianxia.password.reveal(), '')
  })

  it('opens no second listener for Qianxia on the main port', () => {
    const { compatPorts } = loadConfig({ PORT: '8080', OCR_PORT: '8080' }).api

    assert.deepEqual(compatPorts, [5000, 8031])
  })

  it('has a default for everything', () => {
    const config = loadConfig({})

    assert.equal(config.api.port, 8080)
    assert.equal(config.api.host, '127.0.0.1')
    assert.deepEqual(config.api.compatPorts, [5000, 8031, 54_188])
    assert.equal(config.dataDirectory, resolve('data'))
    assert.deepEqual(config.worker.roles, ['documents', 'ocr-cpu'])
    assert.ok(config.worker.cpuSlots >= 1)
    assert.equal(config.engines.fallbackEngine, 'paddle')
    assert.equal(config.temporal.address, null)
    assert.equal(config.launcher.cacheDirectory, join(homedir(), '.cache', 'durable-ocr'))
  })

  it('treats an empty variable as unset', () => {
    const names = Object.keys(ENVIRONMENT.shape).filter(
      (name) => !['OCR_COMPAT_PORTS', 'OCR_LLM_TEMPERATURE'].includes(name),
    )

    const config = loadConfig(Object.fromEntries(names.map((name) => [name, ' '])))

    assert.deepEqual(inspect(config), inspect(loadConfig({})))
  })

  it('opens no documented port when OCR_COMPAT_PORTS is empty', () => {
    assert.deepEqual(loadConfig({ OCR_COMPAT_PORTS: '' }).api.compatPorts, [])
  })

  it('leaves the main port out of the documented ports', () => {
    assert.deepEqual(loadConfig({ OCR_PORT: '5000' }).api.compatPorts, [8031, 54_188])
  })

  it('tells all mistakes at once', () => {
    const bad = Object.entries(TABLE).filter(([, row]) => row.bad !== null)

    const problems = problemsOf(Object.fromEntries(bad.map(([name, row]) => [name, row.bad ?? ''])))

    const names = problems.map((problem) => problem.slice(0, problem.indexOf('=')))
    assert.deepEqual(names.toSorted(), bad.map(([name]) => name).toSorted())
  })

  it('tells a mistake between variables beside one within a variable', () => {
    const problems = problemsOf({ OCR_PORT: 'x', TEMPORAL_ADDRESS: '10.0.0.5:7233' })

    assert.equal(problems.length, 2)
  })

  it('refuses a Temporal on another machine without TLS', () => {
    const remote = { TEMPORAL_ADDRESS: '10.0.0.5:7233' }

    assert.equal(problemsOf(remote).length, 1)
    assert.deepEqual(problemsOf({ ...remote, TEMPORAL_TLS: 'true' }), [])
    assert.deepEqual(problemsOf({ ...remote, TEMPORAL_API_KEY: 'key' }), [])
    assert.deepEqual(problemsOf({ ...remote, OCR_ALLOW_INSECURE_TEMPORAL: 'true' }), [])
  })

  it('accepts a Temporal on this machine without TLS', () => {
    for (const host of ['localhost', '127.0.0.1', '127.1.2.3', '[::1]'])
      assert.deepEqual(problemsOf({ TEMPORAL_ADDRESS: `${host}:7233` }), [])
  })

  it('refuses a short secret in production without showing it', () => {
    const problems = problemsOf({ OCR_PRODUCTION: 'true', OCR_SECRET: 'hunter2' })

    assert.equal(problems.length, 1)
    assert.doesNotMatch(problems.join(), /hunter2/)
  })
})
