import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { spoolStream } from '../../../../src/cli/inputs/spool-stream.ts'

async function* chunks(...texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text)
}

const { signal } = new AbortController()

describe('spoolStream', () => {
  it('keeps what it is given until it is disposed', async () => {
    const file = await spoolStream(chunks('ab', 'cd'), { maxBytes: 4, signal })
    const kept = await readFile(file.path, 'utf8')
    await file[Symbol.asyncDispose]()

    assert.equal(kept, 'abcd')
    await assert.rejects(stat(file.path), { code: 'ENOENT' })
  })

  it('stops reading when there is more than the server takes', async () => {
    await assert.rejects(spoolStream(chunks('ab', 'cde'), { maxBytes: 4, signal }), {
      name: 'CommandError',
      message: /^File is too large/,
    })
  })
})
