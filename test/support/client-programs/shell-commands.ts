import type { CodeBlock } from './code-blocks.ts'

/**
 * The programs in a shell block. Blocks of the DeepSeek document hold several: paragraphs of curl, and
 * after a line `# Python` a Python program.
 */
export function programsOf({ language, code }: CodeBlock): CodeBlock[] {
  if (language !== 'bash' && language !== 'shell') return [{ language, code }]
  const [shell = '', ...python] = code.split(/^# Python$/m)
  const commands = shell
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/^\s*#.*\n?/gm, '').trim())
    .filter((paragraph) => paragraph !== '')
  return [
    ...commands.map((command) => ({ language: 'shell', code: command })),
    ...python.map((program) => ({ language: 'python', code: program.trim() })),
  ]
}
