import type { SweepPass } from './sweep-pass.ts'

const BATCH = 16

/**
 * Hands things to `work` by sixteen, until there are no more or the step is full.
 *
 * @param work Answers how many objects it has looked at, besides those that the pass has counted
 * @returns the last thing that was handed over when the step is full; `null`: all were
 */
export async function inBatches<T>(
  pass: SweepPass,
  things: AsyncIterable<T>,
  work: (batch: readonly T[]) => Promise<number>,
): Promise<T | null> {
  let batch: T[] = []
  for await (const thing of things) {
    batch.push(thing)
    if (batch.length < BATCH) continue
    if (!pass.mayGoOn(await work(batch))) return thing
    batch = []
  }
  if (batch.length > 0) await work(batch)
  return null
}
