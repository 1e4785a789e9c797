import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { bytesIn, numberIn } from '../../../../web/src/i18n/format.ts'
import { durationIn, timeIn } from '../../../../web/src/i18n/format-times.ts'

describe('durationIn', () => {
  for (const [durationMs, english, chinese] of [
    [-5_000, '0s', '0秒'],
    [0, '0s', '0秒'],
    [1_499, '1s', '1秒'],
    [59_600, '1m', '1分钟'],
    [65_000, '1m 5s', '1分钟 5秒'],
    [26 * 60_000 + 12_000, '26m', '26分钟'],
    [3_600_000, '1h', '1小时'],
    [3_600_000 + 59_000, '1h', '1小时'],
    [5_400_000, '1h 30m', '1小时 30分钟'],
  ] as const)
    it(`writes ${durationMs} ms`, () => {
      assert.equal(durationIn('en', durationMs), english)
      assert.equal(durationIn('zh', durationMs), chinese)
    })
})

describe('bytesIn', () => {
  for (const [sizeBytes, text] of [
    [0, '0 byte'],
    [1_023, '1,023 byte'],
    [1_024, '1 kB'],
    [1_536, '1.5 kB'],
    [50 * 1024 ** 2, '50 MB'],
    [200.4 * 1024 ** 2, '200 MB'],
    [3 * 1024 ** 4, '3,072 GB'],
  ] as const)
    it(`writes ${sizeBytes} bytes as ${text}`, () => {
      assert.equal(bytesIn('en', sizeBytes), text)
    })
})

describe('timeIn', () => {
  it('leaves out the date of today', () => {
    const today = new Date()
    today.setHours(13, 5)

    assert.equal(timeIn('zh', today.getTime()), '13:05')
  })

  it('tells the date of another day', () => {
    assert.match(timeIn('en', new Date(2025, 10, 3, 9, 30).getTime()), /Nov 3, 2025, 9:30.AM/)
  })
})

describe('numberIn', () => {
  it('separates thousands', () => {
    assert.equal(numberIn('en', 1_234), '1,234')
  })
})
