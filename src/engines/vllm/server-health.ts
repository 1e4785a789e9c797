import { bearerHeader } from '../../platform/bearer-header.ts'
import { OcrError } from '../../platform/errors.ts'
import { serverRootUrl } from '../model-server/base-url.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'
import type { ModelServer } from '../model-server/model-server.ts'

/** What `/health` tells. `unknown`: silence, or an answer that speaks neither of life nor of death. */
export type ServerHealth = 'alive' | 'dead' | 'unknown'

/**
 * Asks a vLLM server for its health. Refused or 503 is dead (502 where a proxy is refused); silence is
 * not, since a server that decodes large images answers late.
 *
 * @throws the signal's reason when it fires
 */
export async function askHealth(
  transport: HttpTransport,
  { baseUrl, apiKey }: Pick<ModelServer, 'baseUrl' | 'apiKey'>,
  signal: AbortSignal,
): Promise<ServerHealth> {
  let response: Response
  try {
    response = await transport.fetch(`${serverRootUrl(baseUrl)}/health`, {
      signal,
      // vLLM itself wants none there; a proxy may.
      headers: bearerHeader(apiKey),
    })
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    return error.code === 'ENGINE_UNREACHABLE' ? 'dead' : 'unknown'
  }
  await response.body?.cancel()
  if (response.ok) return 'alive'
  return response.status === 503 || response.status === 502 ? 'dead' : 'unknown'
}
