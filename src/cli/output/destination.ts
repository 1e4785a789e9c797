import { stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { RESULT_FILE, type ResultFormat } from '../../storage/object-keys.ts'
import { usageError } from '../command-error.ts'
import type { Input } from '../inputs/input.ts'
import { printable } from '../printable.ts'

/** Where results go. */
export type Destination =
  | { readonly kind: 'stdout' }
  | { readonly kind: 'file'; readonly path: string }
  /** `null`: beside each input. */
  | { readonly kind: 'folder'; readonly path: string | null }

/**
 * Reads `-o`: for one input a file, or a folder that exists or ends with a slash; for several always
 * a folder. Without it, one result goes to stdout, several beside their inputs.
 *
 * @throws {CommandError} when several results would go to one file
 */
export async function readDestination(
  output: string | null,
  isSeveral: boolean,
): Promise<Destination> {
  if (output === null) return isSeveral ? { kind: 'folder', path: null } : { kind: 'stdout' }
  const found = await stat(output).catch(() => null)
  if (isSeveral && found !== null && !found.isDirectory())
    throw usageError(`Cannot write several results to ${printable(output)}: -o must name a folder`)
  const isFolder = isSeveral || found?.isDirectory() || /[/\\]$/.test(output)
  return isFolder ? { kind: 'folder', path: output } : { kind: 'file', path: output }
}

/**
 * File of an input's result; `null` for stdout. The whole name of the input stays in it, so that
 * `scan.pdf` and `scan.png` have results of their own.
 */
export function resultPath(
  input: Input,
  destination: Destination,
  format: ResultFormat,
): string | null {
  if (destination.kind === 'stdout') return null
  if (destination.kind === 'file') return destination.path
  const { source } = input
  const beside = source.kind === 'file' ? dirname(source.path) : '.'
  return join(destination.path ?? beside, `${input.name}.${RESULT_FILE[format].extension}`)
}

/**
 * Makes sure that no two results would go to the same file.
 *
 * @throws {CommandError} when two would
 */
export function refuseCollisions(
  inputs: readonly Input[],
  pathOf: (input: Input) => string | null,
): void {
  const owners = new Map<string, Input>()
  for (const input of inputs) {
    const path = pathOf(input)
    if (path === null) continue
    const other = owners.get(path)
    if (other !== undefined)
      throw usageError(
        `Cannot write the results of ${printable(other.label)} and ${printable(input.label)} both to ${printable(path)}: read them one by one`,
      )
    owners.set(path, input)
  }
}
