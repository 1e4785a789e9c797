import { OcrError } from '../../platform/errors.ts'
import type { HttpTransport } from '../model-server/http-transport.ts'

/** What `/health` tells. `unknown`: the server is busy, or has no such path. */
export type ServerHealth = 'alive' | 'dead' | 'unknown'

/**
 * Asks a vLLM server for its health. Refused or 503 is dead (502 where a proxy is refused); silence is
 * not, since a server that decodes large images answers late.
 *
 * @throws the signal's reason when it fires
 */
export async function askHealth(
  transport: HttpTransport,
  rootUrl: string,
  signal: AbortSignal,
): Promise<ServerHealth> {
  let response: Response
  try {
    response = await transport.fetch(`${rootUrl}/health`, { signal })
  } catch (error) {
    if (!(error instanceof OcrError)) throw error
    return error.code === 'ENGINE_UNREACHABLE' ? 'dead' : 'unknown'
  }
  await response.body?.cancel()
  if (response.ok) return 'alive'
  return response.status === 503 || response.status === 502 ? 'dead' : 'unknown'
}
