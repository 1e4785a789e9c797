import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../src/platform/errors.ts'
import { createGpuReader, parseGpus } from '../../../src/platform/nvidia-smi.ts'

const A = 'GPU-6c1f3d0a-0000-0000-0000-000000000001'
const B = 'GPU-6c1f3d0a-0000-0000-0000-000000000002'

const TWO_GPUS = [
  `0, ${A}, NVIDIA H100 80GB HBM3, 81559, 70123, 10929, 87`,
  `1, ${B}, NVIDIA H100 80GB HBM3, 81559, 4, 81048, 0`,
  '',
].join('\n')

describe('parseGpus', () => {
  it('reads every GPU with what its programs have', () => {
    const apps = [`${A}, 4211, 60000`, `${A}, 4212, 9500`, ''].join('\n')

    const [first, second] = parseGpus(TWO_GPUS, apps)

    assert.deepEqual(first, {
      index: 0,
      uuid: A,
      name: 'NVIDIA H100 80GB HBM3',
      totalMib: 81_559,
      usedMib: 70_123,
      freeMib: 10_929,
      allocatedMib: 69_500,
      utilizationPercent: 87,
    })
    assert.deepEqual([second?.index, second?.allocatedMib], [1, 4])
  })

  it('takes what is used for what is allocated when programs cannot be seen', () => {
    const inContainer = `${A}, 4211, [N/A]\n`

    assert.equal(parseGpus(TWO_GPUS, inContainer)[0]?.allocatedMib, 70_123)
  })

  it('has null for what is not told', () => {
    const table = `0, ${A}, Orin (nvgpu), [N/A], [N/A], [Not Supported], [Not Supported]\n`

    const [gpu] = parseGpus(table, '')

    assert.deepEqual(
      [gpu?.totalMib, gpu?.usedMib, gpu?.freeMib, gpu?.allocatedMib, gpu?.utilizationPercent],
      [null, null, null, null, null],
    )
  })

  it('finds no GPU in an error text', () => {
    assert.deepEqual(parseGpus('No devices were found\n', 'No devices were found\n'), [])
  })
})

describe('createGpuReader', () => {
  it('asks once for equal questions within 5 s', async () => {
    const queries: string[] = []
    const read = createGpuReader(async (query) => {
      queries.push(query)
      return query.startsWith('--query-gpu') ? TWO_GPUS : ''
    })

    const [first, second] = [await read(), await read()]

    assert.equal(first?.length, 2)
    assert.equal(second, first)
    assert.equal(queries.length, 2)
  })

  it('answers null without nvidia-smi', async () => {
    const read = createGpuReader(async () => {
      throw new OcrError('PROGRAM_MISSING', 'Cannot start nvidia-smi')
    })

    assert.equal(await read(), null)
  })

  it('does without the programs where only they cannot be asked for', async () => {
    const read = createGpuReader(async (query) => {
      if (query.startsWith('--query-gpu')) return TWO_GPUS
      throw new OcrError('PROGRAM_FAILED', 'Cannot read the GPUs: nvidia-smi ended with 2')
    })

    assert.equal((await read())?.[0]?.allocatedMib, 70_123)
  })
})
