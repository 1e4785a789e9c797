import assert from 'node:assert/strict'
import { it } from 'node:test'
import { s3SecretKey } from '../../../scripts/s3/secret-key.ts'
import { Secret } from '../../../src/platform/secret.ts'

it('the printed key of the S3 server is the same at every start and no part of the signing secret', () => {
  const secret = 'a secret of 32 characters, no le'

  const [first, again] = [s3SecretKey(new Secret(secret)), s3SecretKey(new Secret(secret))]

  assert.equal(first.reveal(), again.reveal())
  assert.match(first.reveal(), /^[0-9a-f]{64}$/)
  assert.ok(!first.reveal().includes(secret.slice(0, 4)))
})
