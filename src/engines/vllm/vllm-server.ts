import { setTimeout as sleep } from 'node:timers/promises'
import type { FailureCode } from '../../contract/failures.ts'
import { OcrError } from '../../platform/errors.ts'
import {
  createChatClient,
  type ChatCall,
  type ChatReply,
  type ChatRequest,
} from '../model-server/chat-client.ts'
import { createLookupTransport } from '../model-server/http-transport.ts'
import {
  REQUEST_LIMITS,
  type ModelServer,
  type RequestLimits,
} from '../model-server/model-server.ts'
import { createProbe, type ServerSettingNames } from './probe-vllm.ts'
import { REPETITION_DETECTION, RepetitionSupport } from './repetition-support.ts'
import { askHealth, type ServerHealth } from './server-health.ts'
import { StallWatch } from './stall-watch.ts'
import { mayHaveArrived } from '../model-server/transport-failure.ts'
import { unlessAborted } from '../model-server/unless-aborted.ts'

/** A vLLM server with the model of an engine. Safe to use many times at once; never tries again. */
export type VllmServer = AsyncDisposable & {
  /**
   * What the model answers, like `ChatClient.ask`; the server stops repetitions too where it can.
   *
   * @throws {OcrError} the codes of `ChatClient.ask`, `ENGINE_DIED` when the engine went away with
   *   this page in flight
   */
  ask(request: ChatRequest, call: ChatCall): Promise<ChatReply>
  /**
   * Finds out whether the server is healthy and serves the expected model.
   *
   * @throws {OcrError} `ENGINE_UNREACHABLE`, `ENGINE_MISCONFIGURED` naming the setting to change, and
   *   the codes of `failureOfStatus` and of `HttpTransport.fetch`
   */
  probe(signal: AbortSignal): Promise<void>
}

/** How a server is watched, and what its settings are called. */
export type VllmServerOptions = ServerSettingNames & {
  readonly limits?: RequestLimits
  /** Silence after which a running request asks for `/health`; 30 s. */
  readonly stallMs?: number
  /** How long after a failure `/health` is asked; 1.5 s. An engine that died answers for 0.5 s more. */
  readonly deathMs?: number
}

/** How often `/health` is asked after a failure. */
const LOOKS = 4

/**
 * Failures that a dying engine shows; only `/health` tells them from others. Memory that ran out may be
 * what it dies of.
 */
const SIGNS = new Set<FailureCode>([
  'ENGINE_UNREACHABLE',
  'ENGINE_REPLY_BROKEN',
  'ENGINE_TIMED_OUT',
  'ENGINE_OUT_OF_MEMORY',
])

/** Creates a client for a vLLM server; opens no connection before the first request. */
export function createVllmServer(server: ModelServer, options: VllmServerOptions): VllmServer {
  const { limits = REQUEST_LIMITS, stallMs = 30_000, deathMs = 1_500 } = options
  const chat = createChatClient(server, { limits })
  const lookups = createLookupTransport(limits)
  const repetition = new RepetitionSupport(server, { transport: lookups })
  const health = (signal: AbortSignal): Promise<ServerHealth> => askHealth(lookups, server, signal)
  const probe = createProbe({ server, options, transport: lookups, health })

  /** After a failure. Silence is no answer: waiting for more of it would outlast the page's limit. */
  async function isGone(signal: AbortSignal): Promise<boolean> {
    for (let look = 1; look <= LOOKS; look++) {
      const state = await health(signal)
      if (state !== 'alive') return state === 'dead'
      if (look < LOOKS) await sleep(deathMs / (LOOKS - 1), undefined, { signal })
    }
    return false
  }

  async function fieldsOf({ fields }: ChatRequest, call: ChatCall): Promise<ChatRequest['fields']> {
    const isStoppable = await unlessAborted(repetition.isKnown(), call.signal)
    return {
      // vLLM tells the usage so far with every chunk, also of an answer that we stop.
      stream_options: { include_usage: true, continuous_usage_stats: true },
      ...(isStoppable ? { repetition_detection: REPETITION_DETECTION } : {}),
      ...(call.requestId === undefined ? {} : { request_id: call.requestId }),
      ...fields,
    }
  }

  async function ask(request: ChatRequest, call: ChatCall): Promise<ChatReply> {
    const fields = await fieldsOf(request, call)
    const stop = new AbortController()
    const abandon = (): void => stop.abort(call.signal.reason)
    call.signal.addEventListener('abort', abandon, { once: true })
    if (call.signal.aborted) abandon()
    using watch = new StallWatch({
      stallMs,
      isDead: async () => (await health(stop.signal)) === 'dead',
      onDeath: () => stop.abort(silence()),
    })
    const onTokens = (tokens: number): void => {
      watch.touch()
      call.onTokens?.(tokens)
    }
    try {
      return await chat.ask({ ...request, fields }, { ...call, signal: stop.signal, onTokens })
    } catch (error) {
      call.signal.throwIfAborted()
      // Silence is known to be no death.
      if (error === stop.signal.reason || !(error instanceof OcrError) || !isSign(error))
        throw error
      if (await isGone(call.signal)) throw deathOf(error)
      throw error
    } finally {
      call.signal.removeEventListener('abort', abandon)
    }
  }

  return {
    ask,
    async probe(signal) {
      try {
        await probe(signal)
      } catch (error) {
        // Another vLLM may be there next.
        repetition.forget()
        throw error
      }
    },
    async [Symbol.asyncDispose]() {
      await chat[Symbol.asyncDispose]()
      await lookups[Symbol.asyncDispose]()
    },
  }
}

/** A connection that was refused cannot have had the page in flight. */
function isSign(failure: OcrError): boolean {
  return (
    SIGNS.has(failure.code) && (failure.code !== 'ENGINE_UNREACHABLE' || mayHaveArrived(failure))
  )
}

function deathOf(cause: OcrError): OcrError {
  return new OcrError('ENGINE_DIED', 'Cannot read the page: the engine died', { cause })
}

/** A server that was told to end lets its requests hang; an engine that dies says so at once. */
function silence(): OcrError {
  return new OcrError('ENGINE_UNREACHABLE', 'Cannot read the page: the server is going away')
}
