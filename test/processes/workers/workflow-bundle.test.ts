import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { runProgram } from '../../../scripts/temporal/run-program.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { bundleNotePath, withUsableBundle } from '../../../src/workers/workflow-bundle.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'scripts', 'build-workflows.ts')

const directory = await mkdtemp(join(tmpdir(), 'bundle-'))
after(() => rm(directory, { recursive: true }))

async function bundleUsed(path: string, roles = 'documents'): Promise<string | null> {
  const config = loadConfig({ OCR_WORKFLOW_BUNDLE: path, OCR_WORKER_ROLES: roles })
  const { worker } = await withUsableBundle(config)
  return worker.workflowBundlePath
}

describe('a prebuilt workflow bundle', () => {
  it('is used as the build writes it, until the sources are others', async () => {
    const path = join(directory, 'workflows.cjs')
    const { exitCode, output } = await runProgram(process.execPath, [PROGRAM, path], {
      timeoutMs: 240_000,
    })
    assert.equal(exitCode, 0, output)

    const whenCurrent = await bundleUsed(path)
    await writeFile(bundleNotePath(path), `${'0'.repeat(64)}\n`)
    const whenStale = await bundleUsed(path)

    assert.equal(whenCurrent, path)
    assert.equal(whenStale, null)
  })

  it('is used without a note of what it was made from', async () => {
    const path = join(directory, 'own.cjs')
    await writeFile(path, '')

    assert.equal(await bundleUsed(path), path)
  })

  it('that is not there is a mistake for workers that run workflows, and no other', async () => {
    const path = join(directory, 'missing.cjs')

    await assert.rejects(bundleUsed(path), ConfigError)
    assert.equal(await bundleUsed(path, 'ocr-cpu'), path)
  })
})
