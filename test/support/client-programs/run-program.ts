import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CodeBlock } from './code-blocks.ts'

const root = join(import.meta.dirname, '..', '..', '..')

/** How a program ended. */
export type ProgramRun = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** How a program of each language is run, given its file. */
const INTERPRETERS = {
  shell: { extension: 'sh', command: '/bin/sh', args: [] },
  python: { extension: 'py', command: 'python3', args: [] },
  // CommonJS, as the samples of the documents are.
  javascript: { extension: 'cjs', command: process.execPath, args: [] },
  go: { extension: 'go', command: 'go', args: ['run'] },
} as const

const DEADLINE_MS = 240_000

/**
 * Runs a program with its interpreter in a directory. `curl` fails on HTTP errors there, by its
 * configuration and not by the program; `require` finds the packages of this project.
 *
 * @param args Of the program
 */
export async function runProgram(
  { language, code }: CodeBlock,
  directory: string,
  args: readonly string[] = [],
): Promise<ProgramRun> {
  if (!isKnown(language)) throw new Error(`no interpreter for ${language}`)
  const { extension, command, args: options } = INTERPRETERS[language]
  const path = join(directory, `program.${extension}`)
  await writeFile(path, code)
  await writeFile(join(directory, '.curlrc'), 'fail-with-body\nsilent\nshow-error\n')
  return new Promise((resolve) => {
    const env = {
      ...process.env,
      CURL_HOME: directory,
      NODE_PATH: join(root, 'node_modules'),
      PYTHONIOENCODING: 'utf-8',
      NO_PROXY: '127.0.0.1',
    }
    execFile(
      command,
      [...options, path, ...args],
      { cwd: directory, env, timeout: DEADLINE_MS, maxBuffer: 16 * 1024 * 1024 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        resolve({ code, stdout, stderr })
      },
    )
  })
}

/** Why programs of a language are not run here; `null` when they are. */
export async function missingInterpreter(language: string): Promise<string | null> {
  const probes: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    shell: ['curl', ['--version']],
    python: ['python3', ['-c', 'import requests']],
    go: ['go', ['version']],
  }
  const probe = probes[language]
  if (probe === undefined) return null
  const [command, args] = probe
  return new Promise((resolve) => {
    execFile(command, [...args], (error) =>
      resolve(error === null ? null : `cannot run ${command} ${args.join(' ')}`),
    )
  })
}

function isKnown(language: string): language is keyof typeof INTERPRETERS {
  return Object.hasOwn(INTERPRETERS, language)
}
