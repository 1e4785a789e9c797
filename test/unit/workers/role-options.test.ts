import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../../../src/config/config.ts'
import { polledQueues } from '../../../src/workers/role-options.ts'

const LLM = { OCR_LLM_BASE_URL: 'http://localhost:1', OCR_LLM_MODEL: 'm' }
const OLLAMA = { OCR_OLLAMA_URL: 'http://localhost:2', OCR_OLLAMA_MODEL: 'm' }
const GPU = { OCR_DOTS_URL: 'http://localhost:3', OCR_DEEPSEEK_URL: 'http://localhost:4' }

const queuesOf = (env: Readonly<Record<string, string>>) => polledQueues(loadConfig(env))

describe('polledQueues', () => {
  it('polls for workflows and CPU work only when no server is set up', () => {
    const queues = queuesOf({ OCR_CPU_SLOTS: '3' })

    assert.deepEqual(
      queues.map(({ options, slots, work }) => [options.taskQueue, slots, work]),
      [
        ['documents', null, 'workflows'],
        ['webhooks', null, 'webhooks'],
        ['ocr-cpu', 3, 'activities'],
      ],
    )
  })

  it('gives every engine behind a server a queue of its own, and takes a few pages more than it has slots', () => {
    const queues = queuesOf({ ...LLM, ...OLLAMA, ...GPU, OCR_GPU_SLOTS: '48' })

    assert.deepEqual(
      queues.slice(3).map(({ options, slots, engine, work }) => ({
        queue: options.taskQueue,
        executions: options.maxConcurrentActivityTaskExecutions,
        slots,
        engine,
        work,
      })),
      [
        { queue: 'ocr-remote', executions: 20, slots: 16, engine: 'llm', work: 'pages' },
        { queue: 'ocr-remote-ollama', executions: 2, slots: 1, engine: 'ollama', work: 'pages' },
        { queue: 'ocr-gpu-dots', executions: 60, slots: 48, engine: 'dots', work: 'pages' },
        { queue: 'ocr-gpu-deepseek', executions: 60, slots: 48, engine: 'deepseek', work: 'pages' },
      ],
    )
  })

  it('polls for the one remote engine that is set up', () => {
    const queues = queuesOf({ ...OLLAMA, OCR_WORKER_ROLES: 'ocr-remote' })

    assert.deepEqual(
      queues.map(({ options }) => options.taskQueue),
      ['ocr-remote-ollama'],
    )
  })

  it('waits for the server of GPU engines only', () => {
    const gated = queuesOf({ ...LLM, ...OLLAMA, ...GPU }).filter(({ gate }) => gate !== null)

    assert.deepEqual(
      gated.map(({ role, gate }) => [role, gate]),
      [
        ['ocr-gpu-dots', 'dots'],
        ['ocr-gpu-deepseek', 'deepseek'],
      ],
    )
  })

  it('limits the rate of the remote service, and of nothing else', () => {
    const queues = queuesOf({ ...LLM, ...OLLAMA, ...GPU, OCR_REMOTE_PAGES_PER_SECOND: '0.5' })

    assert.deepEqual(
      queues.map(({ options }) => options.maxTaskQueueActivitiesPerSecond),
      [undefined, undefined, undefined, 0.5, undefined, undefined, undefined],
    )
  })

  it('never polls for more than fits, and hears of a cancel within a second', () => {
    for (const { options, slots } of queuesOf({ ...LLM, ...OLLAMA, ...GPU })) {
      if (slots === null) continue
      const { maxConcurrentActivityTaskPolls: polls = 0 } = options
      assert.ok(polls <= (options.maxConcurrentActivityTaskExecutions ?? 0))
      assert.equal(options.maxHeartbeatThrottleInterval, 1000)
      assert.equal(options.defaultHeartbeatThrottleInterval, 1000)
    }
  })
})
