import { randomBytes } from 'node:crypto'
import { Router } from 'express'
import { receivePieces } from './receive-pieces.ts'
import { RelayState } from './relay-state.ts'

/** A one-time address that a worker posts the text of an answer to while a model writes it. */
export type TextRelay = Disposable & {
  /** For the worker; nobody else learns it. */
  readonly url: string
  /**
   * The pieces as they arrive, for one reader; ends when the worker says that the text is whole, or
   * when the relay is disposed of.
   *
   * @throws {OcrError} `ENGINE_REPLY_BROKEN` when the worker breaks off after its first piece
   */
  readonly pieces: AsyncIterable<string>
}

/** The relays of an api process. */
export type TextRelays = {
  open(): TextRelay
  /** Takes what workers post; to be mounted at the root of the main listener. */
  readonly router: Router
}

/** What relays work with. */
export type TextRelaysOptions = {
  /** `http://host:port` that workers reach the router at; asked at each `open`. */
  readonly url: () => string
  /** Longest silence of a worker before its connection counts as broken. Default: three minutes. */
  readonly idleMs?: number
}

/** As many as a secret of 256 bits: the token is all that guards an address. */
const TOKEN_BYTES = 32

/** Longer than a model may stay silent (its call ends after 120 s without a token). */
const IDLE_MS = 180_000

/**
 * Makes the relays of an api process.
 *
 * @example
 *   using relay = relays.open()
 *   for await (const piece of relay.pieces) response.write(piece)
 */
export function createTextRelays({ url, idleMs = IDLE_MS }: TextRelaysOptions): TextRelays {
  const states = new Map<string, RelayState>()
  const router = Router({ caseSensitive: true })
  router.post('/internal/relay/:token', async (request, response) => {
    const state = states.get(request.params.token) ?? null
    const status = await receivePieces({ request, response, state, idleMs })
    response.status(status).end()
  })
  return {
    router,
    open() {
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      const state = new RelayState()
      states.set(token, state)
      return {
        url: `${url()}/internal/relay/${token}`,
        pieces: state.pieces(),
        [Symbol.dispose]() {
          states.delete(token)
          state.abandon()
        },
      }
    },
  }
}
