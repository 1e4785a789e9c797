import { z } from 'zod'
import { OcrError } from '../../platform/errors.ts'
import { namesOfModels } from '../model-server/model-names.ts'
import { unlessAborted } from '../model-server/unless-aborted.ts'
import type { OllamaServer } from './ollama-server.ts'

/** How long an Ollama that was ready is believed to be. */
const FRESH_MS = 30_000
const CHECK_DEADLINE_MS = 15_000

const VERSION = z.object({ version: z.string() })
const TAGS = z.object({
  models: z.array(z.object({ name: z.string().optional(), model: z.string().optional() })),
})
const DETAILS = z.object({ capabilities: z.array(z.string()).nullish() })

/**
 * Knows whether an Ollama can read pages: it answers, has the model, and the model has vision. That
 * must be asked beforehand: without vision the image is ignored and the answer is made up.
 *
 * Its version is not looked at: one that was built from source calls itself 0.0.0.
 */
export class OllamaReadiness {
  readonly #server: OllamaServer
  readonly #model: string
  readonly #now: () => number
  #readyAtMs = Number.NEGATIVE_INFINITY
  #checking: Promise<void> | null = null

  constructor(server: OllamaServer, options: { model: string; now?: () => number }) {
    this.#server = server
    this.#model = options.model
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * Makes sure that the server was ready within the last 30 s. Callers share one check.
   *
   * @throws {OcrError} `ENGINE_MISCONFIGURED` naming the setting to change, `ENGINE_UNREACHABLE`,
   *   `ENGINE_TIMED_OUT`, `ENGINE_REPLY_BROKEN`
   */
  async ensure(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#now() - this.#readyAtMs < FRESH_MS) return
    await this.check(signal)
  }

  /** Like {@link ensure}, without believing an earlier answer. */
  async check(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    // Not with the caller's signal: others may wait for the same answer.
    this.#checking ??= this.#askInTime().finally(() => {
      this.#checking = null
    })
    await unlessAborted(this.#checking, signal)
  }

  async #askInTime(): Promise<void> {
    const deadline = new AbortController()
    const timer = setTimeout(() => {
      deadline.abort(
        new OcrError('ENGINE_TIMED_OUT', `Cannot ask Ollama: silent for ${CHECK_DEADLINE_MS} ms`),
      )
    }, CHECK_DEADLINE_MS)
    try {
      await this.#ask(deadline.signal)
    } finally {
      clearTimeout(timer)
    }
  }

  async #ask(signal: AbortSignal): Promise<void> {
    this.#readyAtMs = Number.NEGATIVE_INFINITY
    parse(VERSION, await this.#server.lookUp('/api/version', { signal }))
    const { models } = parse(TAGS, await this.#server.lookUp('/api/tags', { signal }))
    const wanted = fullName(this.#model)
    const names = models.flatMap(({ name, model }) =>
      [name, model].filter((text) => text !== undefined),
    )
    if (!names.some((name) => fullName(name) === wanted)) throw modelMissing(names)
    const body = { model: this.#model }
    const details = parse(DETAILS, await this.#server.lookUp('/api/show', { signal, body }))
    if (details.capabilities?.includes('vision') !== true) throw visionMissing()
    this.#readyAtMs = this.#now()
  }
}

/** A model name as Ollama completes and compares it: with a tag, in lower case. */
export function fullName(name: string): string {
  const last = name.slice(name.lastIndexOf('/') + 1)
  return (last.includes(':') ? name : `${name}:latest`).toLowerCase()
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new OcrError(
    'ENGINE_MISCONFIGURED',
    'Cannot use OCR_OLLAMA_URL: it does not answer like Ollama',
    {
      publicDetail: 'There is no Ollama at OCR_OLLAMA_URL',
    },
  )
}

function modelMissing(names: readonly string[]): OcrError {
  const there = namesOfModels([...new Set(names)])
  const state = `Ollama does not have OCR_OLLAMA_MODEL (run ollama pull); it has ${there}`
  return new OcrError('ENGINE_MISCONFIGURED', `Cannot use the model: ${state}`, {
    publicDetail: state,
  })
}

function visionMissing(): OcrError {
  const publicDetail = 'The model of OCR_OLLAMA_MODEL cannot read images: choose one with vision'
  return new OcrError('ENGINE_MISCONFIGURED', 'Cannot use the model: it has no vision', {
    publicDetail,
  })
}
