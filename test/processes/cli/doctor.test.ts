import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { runProgram } from '../../../scripts/temporal/run-program.ts'
import { createFakeVllm } from '../../support/fakes/fake-vllm.ts'
import { temporalAddress } from '../../support/temporal-address.ts'

const LAUNCHER = join(import.meta.dirname, '..', '..', '..', 'bin', 'durable-ocr.cjs')
const NOBODY = 'http://127.0.0.1:1'

const REPORT = z.object({
  exitCode: z.int(),
  findings: z.array(z.object({ name: z.string(), status: z.string(), detail: z.string() })),
})

async function run(args: readonly string[], env: Readonly<Record<string, string>>) {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'doctor-'))
  return await runProgram(process.execPath, [LAUNCHER, ...args], {
    cwd: directory.path,
    env: { OCR_DATA_DIR: directory.path, ...env },
    timeoutMs: 120_000,
  })
}

async function examine(env: Readonly<Record<string, string>>) {
  const { exitCode, output } = await run(['doctor', '--json'], env)
  const report = REPORT.parse(JSON.parse(output))
  assert.equal(report.exitCode, exitCode)
  return {
    exitCode,
    output,
    of: (name: string) => report.findings.find((finding) => finding.name === name),
  }
}

describe('durable-ocr doctor', () => {
  it('finds nothing wrong but that no worker runs, and a retention that is too short', async () => {
    await using vllm = await createFakeVllm({ model: 'dots' })

    const report = await examine({
      TEMPORAL_ADDRESS: temporalAddress(),
      OCR_DOTS_URL: vllm.url,
    })

    // Tests have queues of their own: nobody polls those that every document needs.
    assert.equal(report.exitCode, 1, report.output)
    for (const queue of ['documents', 'ocr-cpu']) {
      assert.equal(report.of(`Queue ${queue}`)?.status, 'failed')
      assert.match(
        report.of(`Queue ${queue}`)?.detail ?? '',
        new RegExp(`OCR_WORKER_ROLES=${queue}$`),
      )
    }
    for (const name of ['Node', 'Configuration', 'Temporal', 'Search attributes', 'Store', 'Disk'])
      assert.equal(report.of(name)?.status, 'ok', name)
    assert.equal(report.of('Engine paddle')?.status, 'ok')
    assert.match(report.of('Engine dots')?.detail ?? '', /^ready, model at http/)
    assert.equal(report.of('GPU workers')?.status, 'unset')
    assert.equal(report.of('Queue ocr-gpu-dots')?.status, 'unset')
    assert.match(report.of('Queue ocr-gpu-dots')?.detail ?? '', /OCR_WORKER_ROLES=ocr-gpu-dots$/)
    assert.equal(report.of('Queue ocr-gpu-deepseek'), undefined)
    assert.equal(report.of('Engine deepseek')?.detail, 'not set up: set OCR_DEEPSEEK_URL')
    assert.equal(report.of('Retention')?.status, 'warning')
    assert.match(report.of('Retention')?.detail ?? '', /for 1 days; results are kept 30/)
  })

  it('names the setting of everything that cannot be reached, and shows no secret', async () => {
    const report = await examine({
      TEMPORAL_ADDRESS: '127.0.0.1:1',
      OCR_LLM_BASE_URL: NOBODY,
      OCR_LLM_API_KEY: 'hunter2',
      OCR_LLM_MODEL: 'm',
      OCR_OLLAMA_URL: NOBODY,
      OCR_OLLAMA_MODEL: 'm',
      OCR_DOTS_URL: NOBODY,
      OCR_DEEPSEEK_URL: NOBODY,
    })

    assert.equal(report.exitCode, 1)
    for (const [name, setting] of [
      ['Temporal', 'TEMPORAL_ADDRESS or TEMPORAL_TLS'],
      ['Engine llm', 'OCR_LLM_BASE_URL'],
      ['Engine ollama', 'OCR_OLLAMA_URL'],
      ['Engine dots', 'OCR_DOTS_URL'],
      ['Engine deepseek', 'OCR_DEEPSEEK_URL'],
    ] as const) {
      assert.equal(report.of(name)?.status, 'failed', name)
      assert.match(report.of(name)?.detail ?? '', new RegExp(setting), name)
    }
    assert.doesNotMatch(report.output, /hunter2/)
  })

  it('tells all mistakes of the configuration, a line each, and ends with 78', async () => {
    const { exitCode, output } = await run(['doctor'], {
      OCR_PORT: 'x',
      OCR_OLLAMA_URL: 'http://localhost:1',
    })

    assert.equal(exitCode, 78)
    assert.match(output, /^FAIL Configuration: OCR_PORT="x": expected /m)
    assert.match(output, /^FAIL Configuration: OCR_OLLAMA_MODEL="": expected /m)
    assert.doesNotMatch(output, /Temporal|at file:/)
  })
})

describe('durable-ocr', () => {
  it('ends with 2 when it is not understood', async () => {
    assert.equal((await run(['dcotor'], {})).exitCode, 2)
  })
})
