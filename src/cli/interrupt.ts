import { EXIT_CODE } from './command-error.ts'

/** The parts of `process` that an interrupt needs. */
export type InterruptHost = {
  on(event: string, listener: () => void): unknown
  off(event: string, listener: () => void): unknown
  exit(code: number): unknown
}

/** A wish to stop. Disposing it takes the listeners away. */
export type Interrupt = Disposable & {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal
  /** Asks to stop, as a signal does. */
  readonly request: (exitCode: number) => void
  /** Exit code of a command that was stopped; `null` while nobody has asked. */
  readonly exitCode: () => number | null
}

/** One Ctrl-C can come twice: from the terminal, and from npm or the launcher, which pass it on. */
const SAME_SIGNAL_MS = 500

/** Turns SIGINT and SIGTERM into an `AbortSignal`; a second one ends the process at once. */
export function listenForInterrupt(
  host: InterruptHost = process,
  now: () => number = () => performance.now(),
): Interrupt {
  const controller = new AbortController()
  let first: { readonly exitCode: number; readonly atMs: number } | null = null
  const request = (exitCode: number): void => {
    if (first === null) {
      first = { exitCode, atMs: now() }
      controller.abort()
    } else if (now() - first.atMs > SAME_SIGNAL_MS) host.exit(exitCode)
  }
  const onInterrupt = (): void => request(EXIT_CODE.interrupted)
  const onTerminate = (): void => request(EXIT_CODE.terminated)
  host.on('SIGINT', onInterrupt)
  host.on('SIGTERM', onTerminate)
  return {
    signal: controller.signal,
    request,
    exitCode: () => first?.exitCode ?? null,
    [Symbol.dispose]() {
      host.off('SIGINT', onInterrupt)
      host.off('SIGTERM', onTerminate)
    },
  }
}
