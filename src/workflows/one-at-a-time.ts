/** Makes a function that runs what it is given one after the other, in the order of the calls. */
export function createOneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    // Whatever became of the one before.
    const run = last.then(work, work)
    last = run.catch(() => undefined)
    return run
  }
}
