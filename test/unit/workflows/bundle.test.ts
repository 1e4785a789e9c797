import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode } from '@temporalio/worker'

describe('workflow bundle', () => {
  it('builds, without anything that the sandbox forbids', async () => {
    const workflowsPath = fileURLToPath(new URL('../../../src/workflows/index.ts', import.meta.url))

    const { code } = await bundleWorkflowCode({ workflowsPath })

    assert.ok(code.includes('processDocument'))
    // Activities are imported as types only: nothing of theirs may be in here.
    assert.ok(!code.includes('node:fs'))
  })
})
