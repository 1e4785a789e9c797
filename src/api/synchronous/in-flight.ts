/** Requests that are being worked on, counted for all listeners of a process together. */
export type InFlight = {
  /** Takes a place until it is disposed of; `null` when `limit` places are taken. */
  enter(limit: number): Disposable | null
}

/** Counts the requests of one dialect. */
export function createInFlight(): InFlight {
  let taken = 0
  return {
    enter(limit) {
      if (taken >= limit) return null
      taken++
      let isFree = false
      return {
        [Symbol.dispose]() {
          if (!isFree) taken--
          isFree = true
        },
      }
    },
  }
}
