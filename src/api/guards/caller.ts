import type { Request } from 'express'

/** Who asks, as far as it is told by what he sends along. */
export type Caller = {
  /** Whose documents he sees and makes; `null`: those that nobody owns. */
  readonly owner: string | null
  /** Name of his key; `null`: he has none. */
  readonly name: string | null
  /** Whether he may use more than what is open to everybody. */
  readonly isAdmitted: boolean
  /** Whether he gave a key, or a session, that is none of ours. */
  readonly hasWrongKey: boolean
}

/** Somebody of whom nothing is known. */
export const STRANGER: Caller = { owner: null, name: null, isAdmitted: false, hasWrongKey: false }

// Outside of `response.locals`, where it would have no type.
const callers = new WeakMap<Request, Caller>()

/** Remembers who asks; what is noted later counts. */
export function noteCaller(request: Request, caller: Caller): void {
  callers.set(request, caller)
}

/** Who asks; a stranger where nobody looked. */
export function callerOf(request: Request): Caller {
  return callers.get(request) ?? STRANGER
}
