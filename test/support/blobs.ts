import assert from 'node:assert/strict'
import type { Readable } from 'node:stream'
import { parseBlobKey, type BlobKey } from '../../src/contract/identifiers.ts'

/** A key of a test. */
export function testKey(text: string): BlobKey {
  const key = parseBlobKey(text)
  assert.ok(key !== null, `not a key: ${text}`)
  return key
}

/** Reads a body to its end. */
export async function bytesOf(body: Readable): Promise<Buffer> {
  return Buffer.concat(await body.toArray())
}
