import type { PageNumber } from '../contract/identifiers.ts'

/**
 * Works through pages in at most `laneCount` lanes, each taking the next page when it is free.
 *
 * Waits for every lane even after one broke, so that no page reports after the ending has begun;
 * then throws what the first broken lane threw.
 */
export async function runLanes(
  pages: readonly PageNumber[],
  laneCount: number,
  work: (page: PageNumber) => Promise<void>,
): Promise<void> {
  let next = 0
  const lane = async (): Promise<void> => {
    // Single-threaded: nothing happens between the look and the increment.
    for (let page = pages[next++]; page !== undefined; page = pages[next++]) await work(page)
  }
  const lanes = Array.from({ length: Math.min(laneCount, pages.length) }, lane)
  const settled = await Promise.allSettled(lanes)
  const broken = settled.find((result) => result.status === 'rejected')
  if (broken) throw broken.reason
}

/**
 * Cuts pages into batches of `size` for rasterizing. The very first page is a batch of its own: its
 * recognition need not wait for 24 others.
 */
export function rasterBatches(
  pages: readonly PageNumber[],
  size: number,
  startsDocument: boolean,
): PageNumber[][] {
  const batches: PageNumber[][] = []
  let from = 0
  if (startsDocument && pages.length > 0) {
    batches.push(pages.slice(0, 1))
    from = 1
  }
  for (; from < pages.length; from += size) batches.push(pages.slice(from, from + size))
  return batches
}

/**
 * Runs each batch once, when the first of its pages is asked for, and answers from its result.
 *
 * @param batches Disjoint lists of pages.
 * @param run Starts a batch.
 */
export function onFirstDemand<Result>(
  batches: readonly (readonly PageNumber[])[],
  run: (batch: readonly PageNumber[]) => Promise<Result>,
): (page: PageNumber) => Promise<Result> {
  const batchOf = new Map(batches.flatMap((batch) => batch.map((page) => [page, batch] as const)))
  const started = new Map<readonly PageNumber[], Promise<Result>>()
  return (page) => {
    const batch = batchOf.get(page)
    if (!batch) throw new RangeError(`Page ${page} is in no batch`)
    const running = started.get(batch) ?? run(batch)
    started.set(batch, running)
    return running
  }
}
