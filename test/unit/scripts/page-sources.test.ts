import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  builtPageState,
  hashPageSources,
  writeBuildStamp,
} from '../../../scripts/page/page-sources.ts'

/** A tree with the sources of a page. */
async function laySources(root: string): Promise<void> {
  await mkdir(join(root, 'web/src'), { recursive: true })
  await mkdir(join(root, 'src/contract'), { recursive: true })
  await writeFile(join(root, 'web/src/main.tsx'), 'main')
  await writeFile(join(root, 'src/contract/page.ts'), 'page')
}

describe('hashPageSources', () => {
  it('changes with every name and content of the page and the contract, and with nothing else', async () => {
    await using tree = await mkdtempDisposable(join(tmpdir(), 'sources-'))
    await laySources(tree.path)
    const seen = [hashPageSources(tree.path)]

    await writeFile(join(tree.path, 'src/other.ts'), 'other')
    assert.equal(hashPageSources(tree.path), seen[0])
    for (const [path, content] of [
      ['web/src/main.tsx', 'main2'],
      ['web/src/new.css', ''],
      ['src/contract/page.ts', 'page2'],
    ] as const) {
      await writeFile(join(tree.path, path), content)
      seen.push(hashPageSources(tree.path))
    }

    assert.equal(new Set(seen).size, 4)
  })
})

describe('builtPageState', () => {
  it('tells a page of these sources from one of others and from none', async () => {
    await using tree = await mkdtempDisposable(join(tmpdir(), 'sources-'))
    await laySources(tree.path)
    const built = join(tree.path, 'dist/web')
    const state = () => builtPageState(built, tree.path)

    const states: string[] = [state()]
    await mkdir(built, { recursive: true })
    await writeFile(join(built, 'index.html'), '')
    states.push(state())
    writeBuildStamp(built, hashPageSources(tree.path))
    states.push(state())
    await writeFile(join(tree.path, 'web/src/main.tsx'), 'changed')
    states.push(state())

    // Without its stamp nobody knows what a page was made of.
    assert.deepEqual(states, ['missing', 'missing', 'current', 'stale'])
  })
})
