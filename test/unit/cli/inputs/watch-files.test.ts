import assert from 'node:assert/strict'
import { appendFile, mkdtempDisposable, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { watchFiles } from '../../../../src/cli/inputs/watch-files.ts'
import { until } from '../../../support/until.ts'

const POLL_MS = 20

describe('watchFiles', () => {
  it('hands over what is there, what appears and what changes, each version once', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'watch-'))
    const stopping = new AbortController()
    const handled: string[] = []
    await writeFile(join(folder.path, 'a.pdf'), '1')

    const watching = watchFiles([folder.path], {
      limit: 4,
      signal: stopping.signal,
      pollMs: POLL_MS,
      handle: async ({ name }) => (handled.push(name), 'done'),
    })
    await until(() => handled.length === 1, 'a.pdf was handled')
    await writeFile(join(folder.path, 'b.pdf'), '1')
    await until(() => handled.length === 2, 'b.pdf was handled')
    await appendFile(join(folder.path, 'a.pdf'), '2')
    await until(() => handled.length === 3, 'a.pdf was handled again')
    stopping.abort()
    await watching

    assert.deepEqual(handled, ['a.pdf', 'b.pdf', 'a.pdf'])
  })

  it('tries a file again on request, never twice at once, and survives a folder that goes', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'watch-'))
    const stopping = new AbortController()
    let active = 0
    let mostActive = 0
    let tries = 0
    await writeFile(join(folder.path, 'a.pdf'), '1')

    const watching = watchFiles([folder.path], {
      limit: 4,
      signal: stopping.signal,
      pollMs: POLL_MS,
      async handle() {
        tries += 1
        active += 1
        mostActive = Math.max(mostActive, active)
        await appendFile(join(folder.path, 'a.pdf'), '2')
        active -= 1
        return 'retry'
      },
    })
    await until(() => tries >= 3, 'it was tried three times')
    stopping.abort()
    await watching
    await rm(folder.path, { recursive: true })

    assert.equal(mostActive, 1)
  })
})
