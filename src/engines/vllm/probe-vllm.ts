import { OcrError } from '../../platform/errors.ts'
import type { ChatClient } from '../model-server/chat-client.ts'
import type { ServedModel } from '../model-server/lookup.ts'
import { namesOfModels } from '../model-server/model-names.ts'
import type { ModelServer } from '../model-server/model-server.ts'
import type { ServerHealth } from './server-health.ts'

/** What a probe asks, and how the settings are called. */
export type ProbeParts = {
  readonly server: ModelServer
  readonly chat: Pick<ChatClient, 'models'>
  readonly health: (signal: AbortSignal) => Promise<ServerHealth>
  readonly options: { readonly settingName: string; readonly modelSettingName: string }
}

/**
 * A probe of a model server: healthy, and with the expected model. A wrong model on the port is the
 * usual mistake; a vLLM whose engine died may still list its models.
 */
export function createProbe(parts: ProbeParts): (signal: AbortSignal) => Promise<void> {
  const { server, health } = parts
  const { settingName, modelSettingName } = parts.options
  return async (signal) => {
    // `unknown` goes on: the list of models decides.
    if ((await health(signal)) === 'dead') {
      throw new OcrError(
        'ENGINE_UNREACHABLE',
        `Cannot use ${settingName}: no healthy model server there`,
      )
    }
    const models = await listModels(parts, signal)
    if (models.some(({ id }) => id === server.model)) return
    throw misconfigured(
      `Cannot use ${modelSettingName}: the server at ${settingName} serves ${namesOfModels(models.map(({ id }) => id))}`,
    )
  }
}

async function listModels(
  { chat, options }: ProbeParts,
  signal: AbortSignal,
): Promise<readonly ServedModel[]> {
  try {
    return await chat.models(signal)
  } catch (error) {
    if (!(error instanceof OcrError) || error.code !== 'ENGINE_MISCONFIGURED') throw error
    // A key that is missing or wrong, or a URL without such an API.
    throw misconfigured(
      `Cannot use ${options.settingName}: the server does not tell its models`,
      error,
    )
  }
}

function misconfigured(message: string, cause?: OcrError): OcrError {
  return new OcrError('ENGINE_MISCONFIGURED', message, { cause })
}
