import { EXIT_CODE } from '../command-error.ts'
import type { Outcome } from './run.ts'

/** Counts how documents ended. */
export class Tally {
  readonly #counts = new Map<Outcome, number>()

  /** Counts one. */
  add(outcome: Outcome): void {
    this.#counts.set(outcome, this.#of(outcome) + 1)
  }

  /** `11 done, 1 failed`. */
  text(): string {
    const failed = this.#of('failed') + this.#of('unreachable')
    const parts = [
      [this.#of('done'), 'done'],
      [this.#of('flawed'), 'with failed pages'],
      [failed, 'failed'],
      [this.#of('cancelled'), 'cancelled'],
    ] as const
    const shown = parts.filter(([count, word]) => count > 0 || word === 'done')
    return shown.map(([count, word]) => `${count} ${word}`).join(', ')
  }

  /** 0 when every document was read with all of its pages. */
  exitCode(): number {
    const isAllDone = [...this.#counts.keys()].every((outcome) => outcome === 'done')
    return isAllDone ? EXIT_CODE.done : EXIT_CODE.failed
  }

  #of(outcome: Outcome): number {
    return this.#counts.get(outcome) ?? 0
  }
}
