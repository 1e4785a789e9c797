import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../source-files.ts'

/** The Markdown documents of the project, as paths from the repository, in order. */
export function markdownDocuments(): string[] {
  return globSync('{*.md,{docs,deploy}/**/*.md}', { cwd: ROOT })
    .map((path) => path.replaceAll('\\', '/'))
    .toSorted()
}

/** The documents that say in another language what a document says: the copy, then what it follows. */
export const TRANSLATIONS: Readonly<Record<string, string>> = { 'README.zh-CN.md': 'README.md' }

/** The text of a document. */
export function readMarkdown(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}
