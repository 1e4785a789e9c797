import type { OcrEngine } from './engine.ts'
import { Slots } from './slots.ts'

/**
 * Lets an engine read a fixed number of pages at once in this process; the others wait. Temporal's
 * slots are per queue, and a server must not get more however its engine is reached.
 */
export function withSlots(engine: OcrEngine, count: number): OcrEngine {
  const slots = new Slots(count)
  return {
    id: engine.id,
    version: engine.version,
    recognize: (image, options) =>
      slots.use(options.signal, () => engine.recognize(image, options)),
    probe: (signal) => engine.probe(signal),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}
