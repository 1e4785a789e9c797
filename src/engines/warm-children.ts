import { OcrError } from '../platform/errors.ts'
import type { GuardedProcess } from '../platform/guarded-process.ts'
import { Slots } from './slots.ts'

/** How guarded processes are kept warm. */
export type WarmChildrenOptions = {
  /** Most of them that work at once; further callers wait. */
  readonly slots: number
  readonly start: () => GuardedProcess
  /** A child is replaced after so many uses, because native memory fragments. */
  readonly maxUses: number
  /** A child that rests above this is replaced. */
  readonly maxRestingRssBytes: number
}

/** What one use of a child may want. */
export type UseOptions = {
  readonly signal: AbortSignal
  /** Take a child that has done nothing yet. */
  readonly fresh?: boolean
}

type Child = { readonly process: GuardedProcess; uses: number }

/** A pool of guarded processes, started when needed and kept for the next caller. */
export class WarmChildren implements AsyncDisposable {
  readonly #options: WarmChildrenOptions
  readonly #idle: Child[] = []
  readonly #busy = new Set<Child>()
  readonly #slots: Slots
  #isClosed = false

  constructor(options: WarmChildrenOptions) {
    this.#options = options
    this.#slots = new Slots(options.slots)
  }

  /**
   * Lends a child for as long as `work` takes, waiting for a slot first. A child that died goes.
   *
   * @throws the signal's reason while waiting, and whatever `work` throws
   */
  use<T>(work: (child: GuardedProcess) => Promise<T>, options: UseOptions): Promise<T> {
    return this.#slots.use(options.signal, async () => {
      const child = await this.#takeChild(options.fresh ?? false)
      try {
        return await work(child.process)
      } finally {
        await this.#putBack(child)
      }
    })
  }

  /** Ends all children, those at work as well. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    const children = [...this.#idle.splice(0), ...this.#busy]
    await Promise.all(children.map(({ process }) => process[Symbol.asyncDispose]()))
  }

  async #takeChild(fresh: boolean): Promise<Child> {
    this.#throwIfClosed()
    const idle = this.#idle.pop()
    const isUsable = idle !== undefined && idle.process.alive && !fresh
    if (idle !== undefined && !isUsable) await idle.process[Symbol.asyncDispose]()
    // Closed while it waited: nobody would end a child that starts now.
    this.#throwIfClosed()
    const child = idle !== undefined && isUsable ? idle : this.#start()
    child.uses += 1
    this.#busy.add(child)
    return child
  }

  #throwIfClosed(): void {
    if (this.#isClosed)
      throw new OcrError('SERVICE_UNAVAILABLE', 'Cannot read page: the engine was closed')
  }

  #start(): Child {
    return { process: this.#options.start(), uses: 0 }
  }

  async #putBack(child: Child): Promise<void> {
    this.#busy.delete(child)
    const { maxUses, maxRestingRssBytes } = this.#options
    const isTired = child.uses >= maxUses || (child.process.rssBytes() ?? 0) > maxRestingRssBytes
    if (child.process.alive && !isTired && !this.#isClosed) this.#idle.push(child)
    else await child.process[Symbol.asyncDispose]()
  }
}
