import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { Registry } from '@prometheus-io/client'
import type { Client } from '@temporalio/client'
import { gaugeTemporal } from '../../../../src/api/metrics/temporal-metrics.ts'
import { loadConfig } from '../../../../src/config/config.ts'
import { setLogLevel } from '../../../../src/platform/logger.ts'
import { readScrape } from '../../../support/scrape.ts'

before(() => setLogLevel('silent'))

const COUNTS = { waiting: 1, running: 2, completed: 3, failed: 4, cancelled: 5 }

/** A Temporal with seven tasks in every queue, the oldest 90.5 s old, and one living poller. */
function setUp(env: Record<string, string> = {}) {
  const asked: string[] = []
  const state = { isDown: false, counts: 0 }
  const nowSeconds = Math.floor(Date.now() / 1000)
  const client = {
    options: { namespace: 'default' },
    withDeadline: (_deadline: number, work: () => Promise<unknown>) => work(),
    workflowService: {
      async describeTaskQueue(request: { taskQueue: { name: string }; reportStats: boolean }) {
        asked.push(request.taskQueue.name)
        if (state.isDown) throw new Error('down')
        assert.equal(request.reportStats, true)
        return {
          stats: {
            approximateBacklogCount: 7,
            approximateBacklogAge: { seconds: 90, nanos: 500_000_000 },
          },
          pollers: [
            { lastAccessTime: { seconds: nowSeconds } },
            { lastAccessTime: { seconds: nowSeconds - 300 } },
          ],
        }
      },
    },
    // The one call that is made, as the SDK's client has it.
  } as unknown as Client
  const registry = new Registry()
  gaugeTemporal(registry, {
    client,
    countDocuments: async () => {
      state.counts += 1
      if (state.isDown) throw new Error('down')
      return COUNTS
    },
    engines: loadConfig(env).engines,
  })
  return { asked, state, read: async () => readScrape(await registry.metrics()).values }
}

describe('gaugeTemporal', () => {
  it('tells depth, age and living pollers of each queue, and documents by state', async () => {
    const { read } = setUp()

    const values = await read()

    const cpu = '{queue="ocr-cpu",kind="activity"}'
    assert.equal(values.get(`ocr_queue_depth${cpu}`), 7)
    assert.equal(values.get(`ocr_queue_oldest_age_seconds${cpu}`), 90.5)
    assert.equal(values.get(`ocr_queue_pollers${cpu}`), 1)
    assert.equal(values.get('ocr_queue_depth{queue="documents",kind="workflow"}'), 7)
    assert.equal(values.get('ocr_documents{state="running"}'), 2)
    assert.equal(values.get('ocr_temporal_up'), 1)
  })

  it('asks for the queues of those engines that are set up, once in five seconds', async () => {
    const { asked, state, read } = setUp({
      OCR_OLLAMA_URL: 'http://127.0.0.1:1',
      OCR_OLLAMA_MODEL: 'm',
    })

    await Promise.all([read(), read()])
    await read()

    assert.deepEqual(asked.toSorted(), ['documents', 'ocr-cpu', 'ocr-remote-ollama', 'webhooks'])
    assert.equal(state.counts, 1)
  })

  it('asks nothing before it is asked', () => {
    assert.deepEqual(setUp().asked, [])
  })

  it('leaves out what Temporal does not answer, instead of telling zeros', async () => {
    const { state, read } = setUp()
    state.isDown = true

    const values = await read()

    assert.deepEqual([...values], [['ocr_temporal_up', 0]])
  })
})
