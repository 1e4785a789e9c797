import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { makeEnv } from '../support/compose.ts'

const directory = await mkdtemp(join(tmpdir(), 'make-env-'))
after(() => rm(directory, { recursive: true }))

describe('deploy/compose/make-env', () => {
  it('writes secrets for the owner only, anew each time', async () => {
    const [first, second] = [join(directory, 'first'), join(directory, 'second')]
    for (const file of [first, second]) assert.equal(makeEnv(file, []).code, 0)

    assert.equal((await stat(first)).mode & 0o777, 0o600)
    const [one, two] = [await readFile(first, 'utf8'), await readFile(second, 'utf8')]
    assert.match(one, /^OCR_SECRET=[0-9a-f]{64}$/m)
    const secrets = one.split('\n').filter((line) => line.includes('='))
    for (const line of secrets) assert.ok(!two.includes(line), line)
  })

  it('leaves a file alone that is there', async () => {
    const file = join(directory, 'mine')
    await writeFile(file, 'OCR_SECRET=mine\n')

    const { code, text } = makeEnv(file, [])

    assert.equal(code, 1)
    assert.match(text, /is there already/)
    assert.equal(await readFile(file, 'utf8'), 'OCR_SECRET=mine\n')
  })

  it('refuses a profile that there is none of', () => {
    const { code, text } = makeEnv(join(directory, 'none'), ['production'])

    assert.equal(code, 2)
    assert.match(text, /no profile production/)
  })
})
