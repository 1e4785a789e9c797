import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  PageAllowance,
  quotaOf,
  readAllowance,
  type QuotaDeps,
} from '../../../../../src/api/dialects/qianxia/quota.ts'
import { OcrError } from '../../../../../src/platform/errors.ts'
import { testApiConfig } from '../../../../support/api-config.ts'
import { createFakeGateway } from '../../../../support/fake-gateway.ts'
import { sampleTask } from '../../../../support/qianxia-sockets.ts'

const OWNER = 'qianxia:1'
const user = { userId: '1', username: 'zhang', isAdmin: false }
const caller = { owner: OWNER, user }

/** Somebody has used four pages of these. */
function depsWith(userPages: number): QuotaDeps {
  const api = testApiConfig()
  return {
    // Nothing else of the configuration is looked at.
    config: { api: { ...api, qianxia: { ...api.qianxia, userPages } } } as QuotaDeps['config'],
    gateway: createFakeGateway([sampleTask({ owner: OWNER })]),
  }
}

describe('quotaOf', () => {
  it('has a million pages for the admin, or more', async () => {
    const admin = { owner: OWNER, user: { ...user, isAdmin: true } }

    assert.deepEqual(await quotaOf(depsWith(10), admin), {
      totalPages: 1_000_000,
      usedPages: 4,
      remainingPages: 999_996,
    })
    assert.equal((await quotaOf(depsWith(2_000_000), admin)).totalPages, 2_000_000)
  })

  it('never has less than no pages left', async () => {
    assert.deepEqual(await quotaOf(depsWith(3), caller), {
      totalPages: 3,
      usedPages: 4,
      remainingPages: 0,
    })
  })
})

describe('PageAllowance', () => {
  it('lets pass what is left, and refuses one page more', async () => {
    const allowance = await readAllowance(depsWith(10), caller)

    allowance.require(6)
    assert.throws(
      () => allowance.require(7),
      (error) => {
        assert.ok(error instanceof OcrError)
        assert.deepEqual(
          [error.code, error.publicDetail],
          ['QUOTA_EXCEEDED', '配额不足: 需要7页，剩余6页'],
        )
        return true
      },
    )
  })

  it('counts what was taken, and uses nothing for what it refuses', () => {
    const allowance = new PageAllowance(5)

    allowance.take(3)
    assert.throws(() => allowance.take(3), { code: 'QUOTA_EXCEEDED' })
    allowance.take(2)
    allowance.giveBack(3)

    allowance.require(3)
    assert.throws(() => allowance.require(4), { code: 'QUOTA_EXCEEDED' })
  })

  it('refuses nothing to callers without a session', async () => {
    const allowance = await readAllowance(depsWith(0), { owner: null, user: null })

    allowance.take(1_000)
    assert.equal(allowance.isLimited, false)
  })
})
