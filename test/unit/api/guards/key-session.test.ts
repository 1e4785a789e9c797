import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { KeyRing } from '../../../../src/api/guards/key-ring.ts'
import {
  KEY_SESSION_MS,
  keyCookieOf,
  readKeySession,
  writeKeySession,
} from '../../../../src/api/guards/key-session.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { ALICE, BOB } from '../../../support/api-keys.ts'

const SECRET = new Secret('a secret of at least 32 characters')
const ring = new KeyRing([ALICE.setting, BOB.setting])

function sessionOf(key: string): string {
  const holder = ring.holderOf(key)
  assert.ok(holder)
  return writeKeySession(SECRET, holder, 0)
}

describe('a session of a key', () => {
  it('is its holder until it ends', () => {
    const token = sessionOf(ALICE.key)

    assert.equal(readKeySession(SECRET, { token, ring, nowMs: 1 })?.owner, ALICE.owner)
    assert.equal(readKeySession(SECRET, { token, ring, nowMs: KEY_SESSION_MS }), null)
  })

  it('is void when the key is no longer set up, or is another one', () => {
    const token = sessionOf(ALICE.key)

    for (const keys of [[], [BOB.setting], [{ ...BOB.setting, name: 'alice' }]])
      assert.equal(readKeySession(SECRET, { token, ring: new KeyRing(keys), nowMs: 1 }), null)
  })

  it('cannot be made from another one', () => {
    const [name, endsAt, signature] = sessionOf(ALICE.key).split('.')
    const bob = sessionOf(BOB.key).split('.')[0]

    for (const token of [
      `${bob}.${endsAt}.${signature}`,
      `${name}.${Number(endsAt) + 1}.${signature}`,
      `${name}.${endsAt}.${'A'.repeat(43)}`,
      `${name}.${endsAt}`,
      '',
    ])
      assert.equal(readKeySession(SECRET, { token, ring, nowMs: 1 }), null, token)
    const other = new Secret('another secret of 32 characters!')
    const token = `${name}.${endsAt}.${signature}`
    assert.equal(readKeySession(other, { token, ring, nowMs: 1 }), null)
  })

  it('is found among other cookies', () => {
    assert.equal(keyCookieOf({ cookie: 'a=b; ocr_key_session=x.1.y ; ocr_session=z' }), 'x.1.y')
    assert.equal(keyCookieOf({ cookie: 'xocr_key_session=x' }), null)
    assert.equal(keyCookieOf({}), null)
  })
})
