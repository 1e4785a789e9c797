import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { generatedFiles } from '../scripts/docs/configuration-docs.ts'
import { missingPlatformPackages } from '../scripts/lockfile/missing-platform-packages.ts'
import { ENVIRONMENT } from '../src/config/environment.ts'
import { FAILURES } from '../src/contract/failures.ts'
import { layerProblem } from './support/layers.ts'
import {
  codeLineCount,
  importsOf,
  ROOT,
  sourceFiles,
  undocumentedExports,
} from './support/source-files.ts'

const MAX_CODE_LINES = 250
const PACKAGE = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  optionalDependencies: z.record(z.string(), z.string()),
})

const source = sourceFiles('src')
const page = sourceFiles('web/src')
const everything = [...source, ...page, ...sourceFiles('scripts', 'test')]
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

describe('architecture', () => {
  it('keeps every import within the layer table', () => {
    const problems = source.flatMap(importsOf).map(layerProblem)

    assert.deepEqual(problems.filter(Boolean), [])
  })

  it('keeps tests and scripts out of the product', () => {
    const outside = source
      .flatMap(importsOf)
      .filter(({ target }) => /^(test|scripts)\//.test(target))

    assert.deepEqual(outside, [])
  })

  it('keeps the page to the contract', () => {
    const outside = page
      .flatMap(importsOf)
      .filter(
        ({ target }) => /^(src|test|scripts)\//.test(target) && !target.startsWith('src/contract/'),
      )

    assert.deepEqual(outside, [])
  })

  it('documents every export', () => {
    const undocumented = [...source, ...page, ...sourceFiles('scripts', 'test/support')].flatMap(
      (file) => undocumentedExports(file.text).map((name) => `${file.path}: ${name}`),
    )

    assert.deepEqual(undocumented, [])
  })

  it(`keeps every file at ${MAX_CODE_LINES} lines of code`, () => {
    const long = everything.filter(({ text }) => codeLineCount(text) > MAX_CODE_LINES)

    assert.deepEqual(
      long.map(({ path }) => path),
      [],
    )
  })

  it('has no default export', () => {
    const offenders = everything.filter(({ text }) => /^export default\b/m.test(text))

    assert.deepEqual(
      offenders.map(({ path }) => path),
      [],
    )
  })

  it('uses no any', () => {
    const anyType = /(?::|\bas|<|\|)\s*any\b(?=[\s;,)>\]|=[]|$)/
    const offenders = everything.filter(({ text }) =>
      text.split('\n').some((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && anyType.test(line)),
    )

    assert.deepEqual(
      offenders.map(({ path }) => path),
      [],
    )
  })

  it('names an issue beside every open task', () => {
    const openTask = new RegExp(String.raw`\b(TO${'DO'}|FIX${'ME'}|XX${'X'})\b(?!\(#\d+\))`)
    const offenders = everything.filter(({ text }) => openTask.test(text))

    assert.deepEqual(
      offenders.map(({ path }) => path),
      [],
    )
  })

  it('reads the environment in one file of the product', () => {
    const offenders = source.filter(({ text }) => text.includes('process.env'))

    assert.deepEqual(
      offenders.map(({ path }) => path),
      ['src/config/environment.ts'],
    )
  })

  it('reads every variable that it declares', () => {
    const readers = sourceFiles('src/config').filter(({ path }) => path.endsWith('config.ts'))
    const text = readers.map((file) => file.text).join('\n')
    // Read by rules over several variables only.
    const inRules = ['OCR_ALLOW_INSECURE_TEMPORAL']

    const unread = Object.keys(ENVIRONMENT.shape).filter(
      (name) => !text.includes(`env.${name}`) && !inRules.includes(name),
    )

    assert.deepEqual(unread, [])
  })
})

describe('documents', () => {
  it('are as npm run docs writes them', () => {
    const stale = generatedFiles().filter(({ path, content }) => read(path) !== content)

    assert.deepEqual(
      stale.map(({ path }) => path),
      [],
    )
  })

  it('have a heading for every failure code, and for no other', () => {
    const headings = [...read('docs/errors.md').matchAll(/^#+ ([A-Z][A-Z0-9_]+)$/gm)]

    assert.deepEqual(
      headings.map((match) => match[1] ?? '').toSorted(),
      Object.keys(FAILURES).toSorted(),
    )
  })

  it('have a reason for every dependency, and for no other', () => {
    const rows = [
      ...read('docs/decisions/0011-dependencies.md').matchAll(/^\| `([^`]+)` +\| +\S/gm),
    ]

    assert.deepEqual(
      rows.map((match) => match[1] ?? '').toSorted(),
      Object.keys(allVersions()).toSorted(),
    )
  })
})

describe('package.json', () => {
  it('pins exact versions', () => {
    const loose = Object.entries(allVersions()).filter(
      ([, range]) => !/^\d+\.\d+\.\d+$/.test(range),
    )

    assert.deepEqual(loose, [])
  })

  it('has a lockfile with the binaries of all platforms', () => {
    assert.deepEqual(missingPlatformPackages(JSON.parse(read('package-lock.json'))), [])
  })
})

function allVersions(): Record<string, string> {
  const parsed = PACKAGE.parse(JSON.parse(read('package.json')))
  return { ...parsed.dependencies, ...parsed.devDependencies, ...parsed.optionalDependencies }
}
