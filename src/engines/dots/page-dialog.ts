import { sumOfUsage, type Usage } from '../../contract/page.ts'
import type { ChatCall, ChatReply, ChatRequest } from '../model-server/chat-client.ts'
import { besideImage } from './prompts.ts'

/** What asks a server; see `VllmServer`. */
export type Ask = (request: ChatRequest, call: ChatCall) => Promise<ChatReply>

/** One page, and how it is asked about. */
export type PageDialogOptions = {
  readonly ask: Ask
  readonly png: Uint8Array
  /** Of every request's body. */
  readonly fields: ChatRequest['fields']
  readonly call: ChatCall
}

/** One of the questions of a step that asks several. */
export type PartOfStep = { readonly signal: AbortSignal; readonly name: string }

const MAX_REQUEST_ID_LENGTH = 64

/** Asks about one page, as often as a step needs to, and adds up what that costs. */
export class PageDialog {
  readonly #options: PageDialogOptions
  readonly #tokens: number[] = []
  #usage: Usage | null = null

  constructor(options: PageDialogOptions) {
    this.#options = options
  }

  /** Tokens of all answers so far; `null` when the server told none. */
  get usage(): Usage | null {
    return this.#usage
  }

  /** Asks one of our prompts. `part` is what tells it from the step's other questions. */
  async ask(prompt: string, part?: PartOfStep): Promise<ChatReply> {
    const { ask, png, fields, call } = this.#options
    const place = this.#tokens.push(0) - 1
    const reply = await ask(
      { prompt: besideImage(prompt), png, fields },
      {
        signal: part?.signal ?? call.signal,
        ...(call.requestId === undefined ? {} : { requestId: nameOf(call.requestId, part) }),
        onTokens: (tokens) => {
          this.#tokens[place] = tokens
          call.onTokens?.(this.#tokens.reduce((sum, count) => sum + count, 0))
        },
      },
    )
    this.#usage = sumOfUsage(this.#usage, reply.usage)
    return reply
  }
}

function nameOf(requestId: string, part: PartOfStep | undefined): string {
  if (part === undefined) return requestId
  return `${requestId.slice(0, MAX_REQUEST_ID_LENGTH - part.name.length - 1)}-${part.name}`
}
