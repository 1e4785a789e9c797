import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readReplayArguments } from '../../../../scripts/replay/replay-arguments.ts'

const OURS =
  'WorkflowType IN ("processDocument", "deliverWebhooks", "deliverPageWebhooks", "sweepExpired")'
const ID = 'e3cff047-6cea-4db4-a252-014e15fc56bc'

describe('readReplayArguments', () => {
  it('takes workflow ids and document ids', () => {
    const selection = readReplayArguments([`document-${ID}`, ID])

    const workflowIds = [`document-${ID}`, `document-${ID}`]
    assert.deepEqual(selection, { kind: 'workflows', workflowIds })
  })

  it('asks for workflows of ours only, whatever the query says', () => {
    const selection = readReplayArguments(['--query', 'OcrPages > 5 OR OcrPages < 2'])

    const query = `${OURS} AND (OcrPages > 5 OR OcrPages < 2)`
    assert.deepEqual(selection, { kind: 'query', query })
  })

  it('asks for what runs with --all-open, webhooks and sweeps as well as documents', () => {
    const query = `${OURS} AND ExecutionStatus = "Running"`
    assert.deepEqual(readReplayArguments(['--all-open']), { kind: 'query', query })
  })

  it('takes several files', () => {
    const selection = readReplayArguments(['--file', 'a.json', '--file', 'b.json'])

    assert.deepEqual(selection, { kind: 'files', paths: ['a.json', 'b.json'] })
  })

  for (const args of [[], ['--all-open', ID], ['--nope'], ['--query'], ['x" OR "1"="1']])
    it(`refuses ${JSON.stringify(args)}`, () => {
      assert.equal(readReplayArguments(args), null)
    })
})
