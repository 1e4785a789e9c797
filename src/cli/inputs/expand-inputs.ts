import { glob, readdir, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { usageError } from '../command-error.ts'
import { printable } from '../printable.ts'
import { fileInput, streamInput, urlInput, type Input } from './input.ts'

/** What the arguments of a command stand for. */
export type ExpandedInputs = {
  readonly inputs: readonly Input[]
  /** More than one argument, or one that can stand for several files. */
  readonly isSeveral: boolean
  /** Files of folders and patterns that are left out, since their extension is no document's. */
  readonly skippedCount: number
}

/** What is taken of a folder or a pattern; a file that is named itself is taken whatever its name. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  'pdf png jpg jpeg jpe jfif tif tiff webp gif bmp dib'.split(' ').map((name) => `.${name}`),
)

/**
 * Finds the files of folders (not of folders in them) and patterns; each file once, in the order of
 * the arguments, those of one argument by name.
 *
 * @throws {CommandError} when an argument stands for nothing
 */
export async function expandInputs(args: readonly string[]): Promise<ExpandedInputs> {
  const found = new Map<string, Input>()
  let skippedCount = 0
  let isSeveral = args.length > 1
  for (const arg of args) {
    const expanded = await expand(arg)
    isSeveral ||= expanded.isMany
    skippedCount += expanded.skippedCount
    for (const input of expanded.inputs) found.set(identityOf(input), input)
  }
  return { inputs: [...found.values()], isSeveral, skippedCount }
}

type Expanded = {
  readonly inputs: readonly Input[]
  readonly isMany: boolean
  readonly skippedCount: number
}

async function expand(arg: string): Promise<Expanded> {
  if (arg === '-') return one(streamInput(null))
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(arg)?.[1]
  if (scheme !== undefined) return one(urlInput(readUrl(arg)))
  const kind = await kindOf(arg)
  if (kind === 'file') return one(fileInput(arg))
  if (kind === 'stream') return one(streamInput(arg))
  if (kind === 'folder') return many((await readdir(arg)).map((name) => join(arg, name)))
  if (!/[*?[{]/.test(arg)) throw usageError(`Cannot find ${printable(arg)}`)
  const matches = await Array.fromAsync(glob(arg))
  if (matches.length === 0) throw usageError(`Nothing matches ${printable(arg)}`)
  return many(matches)
}

const one = (input: Input): Expanded => ({ inputs: [input], isMany: false, skippedCount: 0 })

async function many(paths: readonly string[]): Promise<Expanded> {
  const visible = paths.filter((path) => !/(^|[/\\])\.[^/\\]*$/.test(path))
  const inputs: Input[] = []
  let skippedCount = 0
  for (const path of visible.toSorted(byName)) {
    if ((await kindOf(path)) !== 'file') continue
    if (EXTENSIONS.has(extname(path).toLowerCase())) inputs.push(fileInput(path))
    else skippedCount += 1
  }
  return { inputs, isMany: true, skippedCount }
}

/** Page 2 before page 10. */
const { compare: byName } = new Intl.Collator('en', { numeric: true })

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usageError(`Cannot read ${printable(text)}: only http and https URLs are fetched`)
  return url
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'stream' | null> {
  const found = await stat(path).catch(() => null)
  if (found === null) return null
  if (found.isDirectory()) return 'folder'
  return found.isFile() ? 'file' : 'stream'
}

function identityOf({ source }: Input): string {
  if (source.kind === 'file') return resolve(source.path)
  return source.kind === 'url' ? source.url : (source.path ?? '-')
}
