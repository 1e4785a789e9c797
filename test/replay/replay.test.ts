import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js'
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import { DeterminismViolationError } from '@temporalio/workflow'

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
})

const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../../src/workflows/index.ts', import.meta.url)),
  logger: new DefaultLogger('ERROR'),
})
const files = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.history.json'))

type HistoryJson = { events: { workflowExecutionStartedEventAttributes?: StartedAttributes }[] }
type StartedAttributes = { input: { payloads: { data: string }[] } }

async function readHistory(name: string): Promise<HistoryJson> {
  return JSON.parse(await readFile(new URL(name, import.meta.url), 'utf8')) as HistoryJson
}

describe('recorded histories', () => {
  it('are there', () => {
    assert.ok(files.length >= 6, `${files.length} histories`)
  })

  for (const name of files)
    it(`replays ${name} against today's workflow`, async () => {
      const history = historyFromJSON(await readHistory(name))

      await Worker.runReplayHistory({ workflowBundle }, history, `document-${name}`)
    })

  it('are refused when the order of steps has changed', async () => {
    const history = await readHistory('thirty-six-pages.history.json')
    const payload = history.events[0]?.workflowExecutionStartedEventAttributes?.input.payloads[0]
    assert.ok(payload)
    // Another window schedules other pages first: what a careless change of the code would do.
    const input = JSON.parse(Buffer.from(payload.data, 'base64').toString()) as object
    const changed = JSON.stringify({ ...input, windowPages: 1 })
    payload.data = Buffer.from(changed).toString('base64')

    const replay = Worker.runReplayHistory(
      { workflowBundle },
      historyFromJSON(history),
      'document-x',
    )

    await assert.rejects(replay, DeterminismViolationError)
  })
})
