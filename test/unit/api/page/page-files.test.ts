import assert from 'node:assert/strict'
import { mkdtempDisposable, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BUILD_STAMP, createPageFiles } from '../../../../src/api/page/page-files.ts'
import { BUILT_SCRIPT, layBuiltPage } from '../../../support/built-page.ts'

const NEW_SCRIPT = 'index-Bx1_-9aZ.js'

describe('createPageFiles', () => {
  it('gives the built page, and what never changes under its name for a year', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'page-'))
    await layBuiltPage(directory.path)
    await writeFile(join(directory.path, 'static', 'theme.js'), '')

    const { html, assets } = createPageFiles(directory.path)()

    assert.match(html ?? '', /<div id="app">/)
    const cacheOf = (name: string) => assets.get(name)?.cacheControl
    assert.equal(cacheOf(BUILT_SCRIPT), 'public, max-age=31536000, immutable')
    for (const name of ['theme.js', 'account.css', 'account.js', 'favicon.svg', 'sample.pdf'])
      assert.equal(cacheOf(name), 'public, max-age=3600', name)
    assert.equal(assets.get(BUILT_SCRIPT)?.contentType, 'text/javascript; charset=utf-8')
  })

  it('has no page, and everything else, where it was not built', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'page-'))

    const { html, assets } = createPageFiles(join(directory.path, 'nothing'))()

    assert.equal(html, null)
    assert.ok(assets.has('account.js'))
  })

  it('finds a new build, and still has the files of the one that is open somewhere', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'page-'))
    await layBuiltPage(directory.path)
    const read = createPageFiles(directory.path)

    await rm(join(directory.path, 'static'), { recursive: true })
    await rm(join(directory.path, BUILD_STAMP))
    const meanwhile = read()
    await layBuiltPage(directory.path, NEW_SCRIPT)
    await utimes(join(directory.path, BUILD_STAMP), new Date(), Date.now() / 1000 + 10)
    const { html, assets } = read()

    assert.ok(meanwhile.assets.has(BUILT_SCRIPT))
    assert.ok(html?.includes(NEW_SCRIPT))
    assert.ok(assets.has(NEW_SCRIPT) && assets.has(BUILT_SCRIPT))
  })
})
