import { textOfBody, type FailedReply } from './reply-failure.ts'

/** Fields of a request that a page can be read without, in the order in which they are looked for. */
const DROPPABLE = [
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'stream_options',
  'repetition_detection',
  'seed',
] as const

/** Old and new name of the token limit: a server that refuses one wants the other. */
const OTHER_NAME: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}

/**
 * The parameter is unknown to the server or fixed for the model. Asked of the token limits only, which
 * may be too large as well: of any other a rejection that names it is enough, as each service says in
 * its own words that a model takes one value ("only 1 is allowed", "must be positive").
 */
const UNSUPPORTED =
  /unsupported|not (?:be )?support|n't support|不支持|unknown|unrecogni[sz]ed|not recogni[sz]ed|unexpected|not permitted|not allowed|not available|extra (?:inputs|fields)|forbidden|deprecated|\binstead\b/i

/**
 * Remembers which optional fields a server refuses. A server that refuses one costs one request
 * more, once; the token limit then goes under its other name.
 */
export class RefusedParameters {
  readonly #refused = new Set<string>()

  /** The fields that the server takes. */
  accepted(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const kept = Object.entries(fields).filter(([name]) => !this.#refused.has(name))
    const renamed = Object.entries(fields).flatMap(([name, value]) => {
      const other = OTHER_NAME[name]
      const isLost = this.#refused.has(name) && other !== undefined
      return isLost && !this.#refused.has(other) && !(other in fields) ? [[other, value]] : []
    })
    return Object.fromEntries([...kept, ...renamed])
  }

  /** Learns from a rejection; true when the request is worth another try without a field. */
  learn(sent: Readonly<Record<string, unknown>>, reply: FailedReply): boolean {
    if (reply.status !== 400 && reply.status !== 422) return false
    const text = textOfBody(reply.body)
    const isUnsupported = UNSUPPORTED.test(text)
    const told = /"param"\s*:\s*"(\w+)"/.exec(text)?.[1]
    const candidates = DROPPABLE.filter(
      (name) => name in sent && (isUnsupported || !(name in OTHER_NAME)),
    )
    const name = candidates.find((candidate) => candidate === told) ?? firstNamed(candidates, text)
    if (name === null) return false
    this.#refused.add(name)
    return true
  }
}

/**
 * "Unsupported parameter: 'max_tokens' … Use 'max_completion_tokens' instead": the first is meant. A name
 * with a value (`"temperature": 0`) is a piece of the request, repeated.
 */
function firstNamed(names: readonly string[], text: string): string | null {
  const places = names
    .map((name) => ({
      name,
      at: text.search(new RegExp(`\\b${name}\\b(?!\\\\*["']\\s*:\\s*[\\d{])`)),
    }))
    .filter(({ at }) => at >= 0)
  return places.sort((one, other) => one.at - other.at)[0]?.name ?? null
}
