import assert from 'node:assert/strict'
import { mkdtempDisposable, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Secret } from '../../../src/platform/secret.ts'
import { loadSigningSecret } from '../../../src/config/signing-secret.ts'

describe('loadSigningSecret', () => {
  it('uses the configured secret and writes no file', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'secret-'))
    const secret = new Secret('configured')

    const loaded = await loadSigningSecret({ secret, dataDirectory: directory.path })

    assert.equal(loaded.reveal(), 'configured')
    assert.deepEqual(await readdir(directory.path), [])
  })

  it('creates one private file that every start reads', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'secret-'))
    const config = { secret: null, dataDirectory: join(directory.path, 'data') }

    const secrets = await Promise.all([1, 2, 3, 4].map(() => loadSigningSecret(config)))
    const later = await loadSigningSecret(config)

    const texts = new Set([...secrets, later].map((secret) => secret.reveal()))
    assert.equal(texts.size, 1)
    assert.equal(later.reveal().length, 64)
    assert.deepEqual(await readdir(config.dataDirectory), ['secret'])
    assert.equal((await stat(join(config.dataDirectory, 'secret'))).mode & 0o777, 0o600)
  })

  it('refuses a file that holds too little', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'secret-'))
    await writeFile(join(directory.path, 'secret'), 'short\n')

    const loading = loadSigningSecret({ secret: null, dataDirectory: directory.path })

    await assert.rejects(loading, /at least 32/)
  })
})
