import { AsyncLocalStorage, createHook } from 'node:async_hooks'
import { peakMemoryMb } from '../../../scripts/bench/cpu-time.ts'

/** The highest resident memory of the child processes that a piece of work started. */
export type ChildPeak = { peakMb: number }

const POLL_MS = 25

/** Measures the children of every piece of work in this process until it is disposed. Linux only. */
export function watchChildren(): Disposable & {
  /** Does the work, and keeps its children's peak up to date meanwhile. */
  measure<Result>(peak: ChildPeak, work: () => Promise<Result>): Promise<Result>
} {
  const work = new AsyncLocalStorage<ChildPeak>()
  const children = new Map<object, ChildPeak>()
  const hook = createHook({
    init(...[_id, type, _trigger, resource]) {
      const peak = work.getStore()
      if (type === 'PROCESSWRAP' && peak !== undefined) children.set(resource, peak)
    },
  }).enable()
  const timer = setInterval(() => {
    for (const [child, peak] of children) {
      // Node's handle of a child has its number, once it runs.
      const { pid } = child as { pid?: number }
      if (pid === undefined) continue
      const memoryMb = peakMemoryMb(pid)
      if (memoryMb === null) children.delete(child)
      else peak.peakMb = Math.max(peak.peakMb, memoryMb)
    }
  }, POLL_MS).unref()
  return {
    measure: (peak, task) => work.run(peak, task),
    [Symbol.dispose]: () => {
      hook.disable()
      clearInterval(timer)
    },
  }
}
