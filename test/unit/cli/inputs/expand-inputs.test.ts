import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { expandInputs } from '../../../../src/cli/inputs/expand-inputs.ts'

async function createFiles(...names: readonly string[]) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'inputs-'))
  await mkdir(join(directory.path, 'deeper'))
  for (const name of names) await writeFile(join(directory.path, name), '')
  return directory
}

const namesOf = async (...args: readonly string[]): Promise<string[]> =>
  (await expandInputs(args)).inputs.map(({ name }) => name)

describe('expandInputs', () => {
  it('takes the PDFs and images of a folder by name, not what is hidden or deeper', async () => {
    await using folder = await createFiles(
      'page-10.png',
      'page-2.PNG',
      'a.pdf',
      'a.pdf.md',
      '.b.pdf',
      'deeper/c.pdf',
    )

    const { inputs, isSeveral, skippedCount } = await expandInputs([folder.path])

    assert.deepEqual(
      inputs.map(({ name }) => name),
      ['a.pdf', 'page-2.PNG', 'page-10.png'],
    )
    assert.deepEqual([isSeveral, skippedCount], [true, 1])
  })

  it('takes what a pattern matches, and a file whose name looks like one', async () => {
    await using folder = await createFiles('a.pdf', 'b.pdf', 'c.png', '[1].pdf')

    const matched = await namesOf(join(folder.path, '?.pdf'))
    const odd = await expandInputs([join(folder.path, '[1].pdf')])

    assert.deepEqual(matched, ['a.pdf', 'b.pdf'])
    assert.deepEqual([odd.inputs.length, odd.isSeveral], [1, false])
  })

  it('takes a file that is named itself whatever its name, and each file once', async () => {
    await using folder = await createFiles('letter', 'a.pdf')

    const names = await namesOf(
      join(folder.path, 'letter'),
      folder.path,
      join(folder.path, 'a.pdf'),
    )

    assert.deepEqual(names, ['letter', 'a.pdf'])
  })

  it('names what comes from a URL after its path, and lets no path through', async () => {
    const names = await namesOf(
      'https://example.com/files/%E5%8F%91%E7%A5%A8.pdf?token=1',
      'https://example.com/',
      'https://example.com/..%2F..%2Fetc',
      'https://example.com/%',
      '-',
    )

    assert.deepEqual(names, ['发票.pdf', 'example.com', '.._.._etc', '%', 'stdin'])
  })
})
