import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileInput, streamInput, urlInput } from '../../../../src/cli/inputs/input.ts'
import {
  readDestination,
  refuseCollisions,
  resultPath,
} from '../../../../src/cli/output/destination.ts'

const scan = fileInput('in/scan.pdf')

describe('readDestination and resultPath', () => {
  it('sends one result to stdout, to a file, or into a folder', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'out-'))

    const paths = []
    for (const output of [null, 'out.md', 'new/', folder.path])
      paths.push(resultPath(scan, await readDestination(output, false), 'markdown'))

    assert.deepEqual(paths, [
      null,
      'out.md',
      join('new', 'scan.pdf.md'),
      join(folder.path, 'scan.pdf.md'),
    ])
  })

  it('puts several results beside their inputs, or into the folder that is named', async () => {
    const beside = await readDestination(null, true)
    const named = await readDestination('texts', true)

    assert.equal(resultPath(scan, beside, 'text'), join('in', 'scan.pdf.txt'))
    assert.equal(resultPath(streamInput(null), beside, 'json'), 'stdin.json')
    assert.equal(
      resultPath(urlInput(new URL('https://example.com/a/b.png')), named, 'json'),
      join('texts', 'b.png.json'),
    )
  })

  it('refuses a file for several results, and two results for one file', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'out-'))
    const file = join(folder.path, 'out.md')
    await writeFile(file, '')

    await assert.rejects(readDestination(file, true), { exitCode: 2 })
    assert.throws(
      () => refuseCollisions([scan, fileInput('other/scan.pdf')], ({ name }) => `out/${name}`),
      { exitCode: 2, message: /in\/scan\.pdf and other\/scan\.pdf both to out\/scan\.pdf/ },
    )
  })
})
