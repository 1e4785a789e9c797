import { channel } from 'node:diagnostics_channel'
import type { GuardTrip } from './process-watchdog.ts'

/** How a guarded process ended: by itself, well or not, or killed by us, and why. */
export type ProcessEnd = GuardTrip | 'output' | 'garbage' | 'disposed' | 'done' | 'failed'

/** A guarded process of this process was started, or is gone. */
export type GuardedProcessEvent = {
  /** The program: one of a few names of ours. */
  readonly program: string
  /** `null`: it was started. */
  readonly end: ProcessEnd | null
}

const events = channel('durable-ocr:guarded-process')

/** Tells whoever watches; costs next to nothing when nobody does. */
export function publishProcessEvent(event: GuardedProcessEvent): void {
  if (events.hasSubscribers) events.publish(event)
}

/**
 * Hears of every guarded process of this process until it is disposed.
 *
 * @param listener Must not throw: Node would end the process.
 */
export function watchProcessEvents(listener: (event: GuardedProcessEvent) => void): Disposable {
  // Only `publishProcessEvent` writes into this channel.
  const onMessage = (message: unknown): void => listener(message as GuardedProcessEvent)
  events.subscribe(onMessage)
  return { [Symbol.dispose]: () => events.unsubscribe(onMessage) }
}
