/** Code that stands in a document. */
export type CodeBlock = { readonly language: string; readonly code: string }

/** The fenced blocks of a Markdown document, in order, without the indentation of their fences. */
export function fencedBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let open: { readonly language: string; readonly indent: number; lines: string[] } | null = null
  for (const line of markdown.split('\n')) {
    const fence = /^( *)```(\w*)\s*$/.exec(line)
    if (fence === null) {
      if (open !== null) open.lines.push(line.slice(Math.min(open.indent, indentOf(line))))
    } else if (open === null)
      open = { language: fence[2] ?? '', indent: fence[1]?.length ?? 0, lines: [] }
    else {
      blocks.push({ language: open.language, code: open.lines.join('\n') })
      open = null
    }
  }
  return blocks
}

/**
 * The samples of the SCNet document, which stand there without fences: each follows a heading
 * `4.n …示例` and the name of its language, and ends where the next heading is glued to it.
 */
export function scnetSamples(text: string): CodeBlock[] {
  const sample =
    /4\.\d [^\n]*示例\n(shell|python|go|javascript)\n([\s\S]*?)(?=4\.\d [^\n]*示例\n|5\.任务状态说明)/g
  return [...text.matchAll(sample)].map(([, language = '', code = '']) => ({ language, code }))
}

/**
 * Python whose indentation was lost, indented by rule: a colon opens a block, `elif` and `else`
 * belong to the nearest `if`, and nothing follows a `break` in its block.
 */
export function withIndentation(code: string): string {
  const open: { readonly level: number; readonly isCondition: boolean }[] = []
  let level = 0
  let brackets = 0
  const lines = code.split('\n').map((line) => {
    const isInside = brackets > 0
    if (/^(?:elif|else)\b/.test(line)) level = levelOfCondition(open)
    const indented = '    '.repeat(level + (isInside ? 1 : 0)) + line
    brackets += bracketsOf(line)
    if (brackets === 0 && line.trimEnd().endsWith(':')) {
      open.push({ level, isCondition: /^(?:if|elif|else)\b/.test(line) })
      level += 1
    } else if (line === 'break') level = open.at(-1)?.level ?? 0
    return indented
  })
  return lines.join('\n')
}

function levelOfCondition(
  open: { readonly level: number; readonly isCondition: boolean }[],
): number {
  for (let block = open.pop(); block !== undefined; block = open.pop())
    if (block.isCondition) return block.level
  throw new Error('a branch without a condition')
}

function bracketsOf(line: string): number {
  const opening = line.match(/[([{]/g)?.length ?? 0
  return opening - (line.match(/[)\]}]/g)?.length ?? 0)
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
