/*
 * Writes `.env.example` and `docs/configuration.md` from the schema of the environment.
 * With `--check` it writes nothing and fails when one of them is stale.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generatedFiles } from './docs/configuration-docs.ts'

const root = join(import.meta.dirname, '..')
const isCheck = process.argv.includes('--check')
const stale = generatedFiles().filter(({ path, content }) => readOrEmpty(path) !== content)

for (const { path, content } of stale) {
  if (isCheck) console.error(`${path} is stale: run npm run docs`)
  else writeFileSync(join(root, path), content)
}
if (isCheck && stale.length > 0) process.exitCode = 1

function readOrEmpty(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}
