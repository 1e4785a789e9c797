import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const PATH = join(import.meta.dirname, '..', '..', 'docs', 'operations.md')

/** What a block of commands said, and how it ended. */
export type BlockResult = { readonly output: string; readonly exitCode: number }

/** docs/operations.md: the shell blocks of each of its sections. */
export type Runbook = ReadonlyMap<string, readonly string[]>

/** Reads the runbook; sections without commands are left out. */
export async function readRunbook(): Promise<Runbook> {
  const sections = (await readFile(PATH, 'utf8')).split(/^## /m).slice(1)
  const entries = sections.map((section) => {
    const [title = ''] = section.split('\n', 1)
    const blocks = [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block)
    return [title, blocks] as const
  })
  return new Map(entries.filter(([, blocks]) => blocks.length > 0))
}

/**
 * Runs a block of commands as they stand, all of them, and says what they printed.
 *
 * @param names What is put in place of `<id>` and the like; one that is left is an error
 */
export async function runBlock(
  block: string,
  names: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>>,
): Promise<BlockResult> {
  const filled = block.replaceAll(/<([a-z]+)>/g, (whole, name: string) => {
    const value = names[name]
    if (value === undefined) throw new Error(`${whole} has no value in:\n${block}`)
    return value
  })
  const { promise, resolve } = Promise.withResolvers<BlockResult>()
  execFile(
    'bash',
    // `pipefail` would see the early end of `grep -m 1` as a failure of the command before it.
    ['-ec', filled],
    {
      cwd: join(import.meta.dirname, '..', '..'),
      env: { ...process.env, ...env },
      timeout: 180_000,
    },
    (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      resolve({ output: stdout + stderr, exitCode })
    },
  )
  return await promise
}
