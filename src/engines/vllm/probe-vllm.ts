import { OcrError } from '../../platform/errors.ts'
import { brokenReply } from '../model-server/chat-reply.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import { askModels, type ServedModel } from '../model-server/lookup.ts'
import { namesOfModels } from '../model-server/model-names.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import { failureOfStatus, type FailedReply } from '../model-server/reply-failure.ts'
import type { ServerHealth } from './server-health.ts'

/** What the settings of a server are called. */
export type ServerSettingNames = {
  /** Of the URL (`OCR_DOTS_URL`). */
  readonly settingName: string
  readonly modelSettingName: string
  readonly keySettingName: string
}

/** What a probe asks, and how the settings are called. */
export type ProbeParts = {
  readonly server: ModelServer
  /** That of lookups: such questions are short. */
  readonly transport: HttpTransport
  readonly health: (signal: AbortSignal) => Promise<ServerHealth>
  readonly options: ServerSettingNames
}

/**
 * A probe of a model server: healthy, and with the expected model. A wrong model on the port is the
 * usual mistake; a vLLM whose engine died may still list its models.
 */
export function createProbe(parts: ProbeParts): (signal: AbortSignal) => Promise<void> {
  const { server, health } = parts
  const { settingName, modelSettingName } = parts.options
  return async (signal) => {
    const state = await health(signal)
    if (state === 'dead') throw unhealthy(settingName, 'no healthy model server there')
    // First: what is wrong with a URL or a key shows here.
    const models = await listModels(parts, signal)
    if (state !== 'alive') throw unhealthy(settingName, 'the /health of the server is not 200')
    if (models.some(({ id }) => id === server.model)) return
    throw misconfigured(
      `Cannot use ${modelSettingName}: the server at ${settingName} serves ${namesOfModels(models.map(({ id }) => id))}`,
    )
  }
}

function unhealthy(settingName: string, state: string): OcrError {
  return new OcrError('ENGINE_UNREACHABLE', `Cannot use ${settingName}: ${state}`)
}

async function listModels(
  { server, transport, options }: ProbeParts,
  signal: AbortSignal,
): Promise<readonly ServedModel[]> {
  const answer = await askModels(transport, { server, signal })
  if (answer.kind === 'failed') throw refused(answer.reply, { server, options })
  if (answer.kind === 'no-list') throw brokenReply('it is not a list of models')
  return answer.models
}

function refused(
  reply: FailedReply,
  { server, options }: Pick<ProbeParts, 'server' | 'options'>,
): OcrError {
  const { settingName, keySettingName } = options
  const failure = failureOfStatus(reply)
  if (failure.code !== 'ENGINE_MISCONFIGURED') return failure
  if (reply.status === 401 || reply.status === 403) {
    const state = server.apiKey === null ? 'wants a key' : 'refuses the key'
    return misconfigured(
      `Cannot use ${keySettingName}: the server at ${settingName} ${state}`,
      failure,
    )
  }
  // A URL without such an API.
  return misconfigured(`Cannot use ${settingName}: the server does not tell its models`, failure)
}

function misconfigured(message: string, cause?: OcrError): OcrError {
  return new OcrError('ENGINE_MISCONFIGURED', message, { cause })
}
