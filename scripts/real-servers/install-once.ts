import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { requirePrograms, type NeededProgram, type Steps } from './steps.ts'

/** How to make something that outlives the run, in a folder of its own outside the tree. */
export type Recipe = {
  /** Of the folder. */
  readonly name: string
  /** Names everything that decides the outcome: another version is made anew. */
  readonly version: string
  /** For the reader who waits. */
  readonly effort: string
  readonly programs: readonly NeededProgram[]
  readonly install: (place: InstallPlace, steps: Steps) => Promise<void>
}

/** Where a recipe works. */
export type InstallPlace = { readonly directory: string; readonly logFile: string }

const MARKER = 'installed.txt'

/** Where real servers are kept: below `XDG_CACHE_HOME`, else `~/.cache`. */
export function realServersDirectory(): string {
  const cache = process.env['XDG_CACHE_HOME'] ?? ''
  return join(cache === '' ? join(homedir(), '.cache') : cache, 'durable-ocr', 'real-servers')
}

/**
 * Makes what a recipe describes, unless it is there, and gives its folder.
 *
 * A marker file is written last, so an interrupted installation starts over.
 *
 * @throws {ExpectedFailure} when a program is missing or a step fails
 */
export async function installOnce(recipe: Recipe, steps: Steps): Promise<string> {
  const { name, version, effort, programs } = recipe
  const directory = join(realServersDirectory(), name)
  const marker = join(directory, MARKER)
  if (existsSync(marker) && (await readFile(marker, 'utf8')).trim() === version) return directory
  requirePrograms(`install ${name}`, programs)
  steps.say(`${name}: installing ${version} into ${directory} (${effort})`)
  const startedAtMs = Date.now()
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  await recipe.install({ directory, logFile: join(directory, 'install.log') }, steps)
  await writeFile(marker, `${version}\n`)
  steps.say(`${name}: installed in ${Math.round((Date.now() - startedAtMs) / 1000)} s`)
  return directory
}
