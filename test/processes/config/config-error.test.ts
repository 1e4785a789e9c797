import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runProgram } from '../../../scripts/temporal/run-program.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')

describe('exitOnConfigError', () => {
  for (const program of ['src/api/main.ts', 'src/workers/main.ts', 'scripts/start.ts'])
    it(`ends ${program} with 78, one line per mistake and no stack`, async () => {
      const env = {
        OCR_PORT: 'x',
        OCR_CPU_SLOTS: '0',
        OCR_SECRET: 'hunter2',
        OCR_PRODUCTION: 'true',
      }

      const result = await runProgram(process.execPath, [join(ROOT, program)], {
        env,
        timeoutMs: 120_000,
      })

      assert.equal(result.exitCode, 78)
      assert.match(result.output, /^ {2}OCR_PORT="x": expected .*$/m)
      assert.match(result.output, /^ {2}OCR_CPU_SLOTS="0": expected .*$/m)
      assert.match(result.output, /^ {2}OCR_SECRET=\[redacted\]: expected .*$/m)
      assert.equal(result.output.trim().split('\n').length, 4)
    })
})
