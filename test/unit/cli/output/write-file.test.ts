import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeFileAtomically } from '../../../../src/cli/output/write-file.ts'

const { signal } = new AbortController()
const temporary = () => mkdtempDisposable(join(tmpdir(), 'write-'))

async function* bytes(text: string, failure?: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
  if (failure !== undefined) throw failure
}

describe('writeFileAtomically', () => {
  it('writes into folders that it makes, and replaces only when told to', async () => {
    await using folder = await temporary()
    const path = join(folder.path, 'a', 'b', 'out.md')

    await writeFileAtomically(path, bytes('one'), { force: false, signal })
    await assert.rejects(writeFileAtomically(path, bytes('two'), { force: false, signal }), {
      message: /exists already; --force replaces it$/,
    })
    const kept = await readFile(path, 'utf8')
    await writeFileAtomically(path, bytes('three'), { force: true, signal })

    assert.deepEqual([kept, await readFile(path, 'utf8')], ['one', 'three'])
    assert.deepEqual(await readdir(join(folder.path, 'a', 'b')), ['out.md'])
  })

  it('leaves nothing behind when the body breaks off', async () => {
    await using folder = await temporary()
    const broken = bytes('half', new Error('broke off'))

    await assert.rejects(
      writeFileAtomically(join(folder.path, 'out.md'), broken, { force: false, signal }),
      /broke off/,
    )

    assert.deepEqual(await readdir(folder.path), [])
  })

  it('takes a name as long as names can be', async () => {
    await using folder = await temporary()
    const name = `${'图'.repeat(84)}.md`

    await writeFileAtomically(join(folder.path, name), bytes('x'), { force: false, signal })

    assert.deepEqual(await readdir(folder.path), [name])
  })
})
