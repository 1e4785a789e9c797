import { fencedBlocks } from '../client-programs/code-blocks.ts'
import { readMarkdown } from './markdown-documents.ts'

const SHELLS = ['sh', 'bash', 'shell', 'console', 'zsh']

/** The blocks of a document that a reader would paste into a shell, in order. */
export function shellBlocks(path: string): string[] {
  return fencedBlocks(readMarkdown(path))
    .filter(({ language }) => SHELLS.includes(language))
    .map(({ code }) => code)
}

/** A block without its comments, which a translation has in its own language. */
export function withoutComments(code: string): string {
  return code
    .split('\n')
    .map((line) => line.replace(/(^|\s+)#(\s.*)?$/, ''))
    .filter((line) => line !== '')
    .join('\n')
}
