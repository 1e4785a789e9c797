import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'

/** Copies lines of a part's output behind its name, so that one terminal can show all parts. */
export function copyPrefixed(name: string, output: Readable, target: Writable): void {
  const prefix = `${name.padEnd(8)} | `
  createInterface({ input: output }).on('line', (line) => target.write(`${prefix}${line}\n`))
}
