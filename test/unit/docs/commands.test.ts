import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { z } from 'zod'
import { COVERAGE } from '../../support/documented-commands/coverage.ts'
import {
  markdownDocuments,
  readMarkdown,
  TRANSLATIONS,
} from '../../support/documented-commands/markdown-documents.ts'
import { shellBlocks } from '../../support/documented-commands/shell-blocks.ts'
import { readRunbook } from '../../support/runbook.ts'
import { ROOT } from '../../support/source-files.ts'

const originals = markdownDocuments().filter((path) => TRANSLATIONS[path] === undefined)
const readJson = (path: string): unknown => JSON.parse(readMarkdown(path))
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(readJson('package.json'))

/** What each `npm run …` and `npm …` of a text names. */
function scriptsNamedIn(text: string): string[] {
  const runs = [...text.matchAll(/\bnpm run (?:--silent )?([a-z][a-z:-]*)/g)]
  const short = [...text.matchAll(/\bnpm (start|test)\b/g)]
  return [...runs, ...short].map(([, name = '']) => name)
}

describe('the commands of the documents', () => {
  it('are each run by a test, or it is said why not', () => {
    const uncovered = originals.filter((path) => {
      const rows = COVERAGE[path] ?? []
      const blocks = shellBlocks(path)
      if (rows.some(({ has }) => has === '')) return blocks.length === 0
      const isMatch = blocks.every((block, place) => {
        const row = rows[place]
        return row !== undefined && row.has !== '' && block.includes(row.has)
      })
      return !isMatch || rows.length !== blocks.length
    })

    assert.deepEqual(uncovered, [], 'correct the rows of test/support/documented-commands')
  })

  it('are in no table of coverage when they are in no document', () => {
    assert.deepEqual(
      Object.keys(COVERAGE).filter((path) => !originals.includes(path)),
      [],
    )
  })

  it('are run by tests that there are', () => {
    const rows = Object.values(COVERAGE).flat()
    const tests = rows.flatMap((row) => ('test' in row ? [row.test] : []))

    for (const path of new Set(tests)) assert.ok(existsSync(join(ROOT, path)), path)
  })

  it('are all seen by the test of the runbook', async () => {
    const collected = [...(await readRunbook()).values()].flat()

    assert.deepEqual(
      collected.map((block) => block.trimEnd()),
      shellBlocks('docs/operations.md'),
    )
  })

  it('name scripts that package.json has', () => {
    const unknown = markdownDocuments().flatMap((path) =>
      scriptsNamedIn(readMarkdown(path))
        .filter((name) => scripts[name] === undefined)
        .map((name) => `${path}: npm run ${name}`),
    )

    assert.deepEqual(unknown, [])
  })

  it('name services that docker-compose.yml has', () => {
    const compose = readMarkdown('docker-compose.yml')
    const named = markdownDocuments()
      .flatMap(shellBlocks)
      .flatMap((block) => [...block.matchAll(/docker compose (?:.*--scale|exec) ([a-z-]+)/g)])
      .map(([, name = '']) => name)

    assert.ok(named.length > 0)
    for (const name of named) assert.match(compose, new RegExp(`^  ${name}:$`, 'm'))
  })

  for (const engine of ['dots', 'deepseek'])
    it(`start vLLM for ${engine} as its systemd unit does`, () => {
      const unit = startOfVllm(readMarkdown(`deploy/gpu/vllm-${engine}.service`))
      const commands = shellBlocks('docs/engines.md').flatMap(startOfVllm)

      assert.equal(unit.length, 1)
      assert.ok(commands.includes(unit[0] ?? ''), commands.join('\n'))
    })
})

/** The arguments of each `vllm serve`, line breaks aside. */
function startOfVllm(text: string): string[] {
  const commands = text.matchAll(/\bvllm serve ((?:.*\\\n)*.*)/g)
  return [...commands].map(([, args = '']) => args.replaceAll(/\s*\\\n\s*/g, ' ').trim())
}
