/** The parts of `process` that a shutdown needs. */
export type ShutdownHost = {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  exit(code: number): unknown
}

/** A request to stop. Disposing it takes the listeners away and disarms the last-resort timer. */
export type Shutdown = Disposable & {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Resolves with the first signal. */
  readonly requested: Promise<void>
}

// Exit codes as shells report them: 128 + number of the signal.
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Turns SIGINT and SIGTERM into an `AbortSignal`.
 *
 * The second signal ends the process at once with 130 or 143. SIGHUP is not in this list: a closed
 * terminal ends a foreground process anyway, and a daemon has none.
 *
 * @param lastResortMs after the first signal, the process ends with code 1 when it is still there
 *   then. 30,000 for the api, 60,000 for workers.
 */
export function listenForShutdown(lastResortMs: number, host: ShutdownHost = process): Shutdown {
  const controller = new AbortController()
  const { promise: requested, resolve } = Promise.withResolvers<void>()
  let lastResort: NodeJS.Timeout | null = null

  const request = (exitCode: number): void => {
    if (controller.signal.aborted) {
      host.exit(exitCode)
      return
    }
    // Unreferenced: a process that has nothing left to do must not wait for it.
    lastResort = setTimeout(() => host.exit(1), lastResortMs).unref()
    controller.abort()
    resolve()
  }
  const onInterrupt = (): void => request(EXIT_CODES.SIGINT)
  const onTerminate = (): void => request(EXIT_CODES.SIGTERM)
  host.on('SIGINT', onInterrupt)
  host.on('SIGTERM', onTerminate)

  return {
    signal: controller.signal,
    requested,
    [Symbol.dispose]() {
      host.off('SIGINT', onInterrupt)
      host.off('SIGTERM', onTerminate)
      if (lastResort !== null) clearTimeout(lastResort)
    },
  }
}
