import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expandInputs } from './expand-inputs.ts'
import type { Input } from './input.ts'

/** How to watch. */
export type WatchOptions = {
  /** Settles when the file was dealt with; `retry` asks for another go at the same content. */
  readonly handle: (input: Input, modifiedAtMs: number) => Promise<'done' | 'retry'>
  /** Files that are handled at once. */
  readonly limit: number
  readonly signal: AbortSignal
  /** Between two looks; 1 s. */
  readonly pollMs?: number
}

const POLL_MS = 1_000

/**
 * Hands over each file that the arguments stand for, and again whenever it has changed, until the
 * signal fires. A file must look the same at two looks: nobody is writing it any more.
 *
 * It looks instead of asking the system to be told, which tells nothing on network drives.
 */
export async function watchFiles(args: readonly string[], options: WatchOptions): Promise<void> {
  const { handle, limit, signal, pollMs = POLL_MS } = options
  const handled = new Map<string, string>()
  const active = new Map<string, Promise<void>>()
  let before = new Map<string, string>()
  while (!signal.aborted) {
    const seen = await lookAt(args)
    for (const { input, path, version, modifiedAtMs } of seen) {
      const isSettled = before.get(path) === version
      if (!isSettled || active.has(path) || handled.get(path) === version) continue
      if (active.size >= limit) break
      handled.set(path, version)
      const handling = handle(input, modifiedAtMs).then((outcome) => {
        active.delete(path)
        if (outcome === 'retry') handled.delete(path)
      })
      active.set(path, handling)
    }
    before = new Map(seen.map(({ path, version }) => [path, version]))
    for (const path of handled.keys()) if (!before.has(path)) handled.delete(path)
    await delay(pollMs, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(active.values())
}

type SeenFile = {
  readonly input: Input
  readonly path: string
  readonly version: string
  readonly modifiedAtMs: number
}

async function lookAt(args: readonly string[]): Promise<SeenFile[]> {
  const seen: SeenFile[] = []
  for (const arg of args) {
    // A folder or file may be away for a while, as when a drive is not mounted.
    const expanded = await expandInputs([arg]).catch(() => null)
    for (const input of expanded?.inputs ?? []) {
      if (input.source.kind !== 'file') continue
      const { path } = input.source
      const found = await stat(path).catch(() => null)
      if (found === null) continue
      const version = `${found.mtimeMs} ${found.size} ${found.ino}`
      seen.push({ input, path, version, modifiedAtMs: found.mtimeMs })
    }
  }
  return seen
}
