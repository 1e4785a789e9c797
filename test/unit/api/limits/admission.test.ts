import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  createAdmissionControl,
  type AdmissionSources,
} from '../../../../src/api/limits/admission.ts'
import { OcrError } from '../../../../src/platform/errors.ts'

const ASKED = { submitter: 'key:1', queues: ['ocr-cpu', 'ocr-gpu-dots'], sizeBytes: 10 }
const LIMITS = {
  maxOpenDocuments: 3,
  maxQueuedPages: 100,
  minFreeDiskBytes: 1000,
  quotaBytes: null,
}

type Situation = {
  readonly limits?: Partial<typeof LIMITS>
  readonly open?: number | null
  readonly depths?: Readonly<Record<string, number>>
  readonly rate?: number
  readonly free?: number | Error
}

function admissionIn({ limits, open = 0, depths = {}, rate = 0, free = 5000 }: Situation) {
  const sources: AdmissionSources = {
    limits: { ...LIMITS, ...limits },
    load: {
      openDocuments: async () => open,
      queue: async (name) => {
        const depth = depths[name]
        if (depth === undefined) return null
        return { depth, oldestSeconds: 0, dispatchedPerSecond: rate, pollers: 1 }
      },
      noteAccepted: () => undefined,
    },
    use: { take: () => Promise.reject(new Error('there is no quota')) },
    freeDiskBytes: async () => {
      if (free instanceof Error) throw free
      return free
    },
  }
  return createAdmissionControl(sources)
}

async function refusal(situation: Situation): Promise<{ code: string; seconds: number } | null> {
  try {
    using taken = await admissionIn(situation).admit(ASKED)
    taken.keep()
    return null
  } catch (error) {
    assert.ok(error instanceof OcrError)
    return { code: error.code, seconds: (error.retryAfterMs ?? 0) / 1000 }
  }
}

describe('admission', () => {
  it('takes what is below every limit', async () => {
    assert.equal(await refusal({ open: 2, depths: { 'ocr-cpu': 99 }, free: 1000 }), null)
  })

  it('refuses with a nearly full disk', async () => {
    assert.deepEqual(await refusal({ free: 999 }), { code: 'STORAGE_FULL', seconds: 60 })
  })

  it('refuses with too many open documents', async () => {
    assert.deepEqual(await refusal({ open: 3 }), { code: 'QUEUE_FULL', seconds: 60 })
  })

  for (const queue of ASKED.queues)
    it(`refuses with too much waiting in ${queue}, until it is worked off`, async () => {
      const depths = { [queue]: 100 }

      assert.deepEqual(await refusal({ depths, rate: 4 }), { code: 'QUEUE_FULL', seconds: 25 })
    })

  it('asks to come back within 5 to 300 s, whatever the rate', async () => {
    const seconds = async (depth: number, rate: number): Promise<number | undefined> =>
      (await refusal({ depths: { 'ocr-cpu': depth }, rate }))?.seconds

    assert.equal(await seconds(100, 1000), 5)
    assert.equal(await seconds(100, 0.01), 300)
    // Nobody takes anything: as if one a second were.
    assert.equal(await seconds(120, 0), 120)
  })

  it('takes what it cannot judge: starting the document finds out', async () => {
    assert.equal(await refusal({ open: null, depths: {}, free: new Error('statfs') }), null)
  })

  it('asks nobody where there is no limit', async () => {
    const none = { maxOpenDocuments: null, maxQueuedPages: null, minFreeDiskBytes: null }
    const situation = { open: 1e9, depths: { 'ocr-cpu': 1e9 }, free: 0 }

    // The limits of a deployment may be absent; those of this test's type are numbers.
    assert.equal(await refusal({ ...situation, limits: none as never }), null)
  })

  it('looks at queue, documents and disk before a body is read', async () => {
    const full = admissionIn({ depths: { 'ocr-cpu': 100 } })

    await assert.rejects(full.requireRoom(['ocr-cpu'], null), { code: 'QUEUE_FULL' })
    await admissionIn({}).requireRoom(['ocr-cpu'], null)
  })
})
