import type { Exchange } from './exchange.ts'
import { fetchFailed } from './fetch-failure.ts'
import { limitedBody } from './limited-body.ts'
import type { FetchLimits } from './limits.ts'
import { remoteFileName } from './remote-file-name.ts'

/** A file that is coming in. Disposing it ends the connection, read or not. */
export type FetchedFile = AsyncDisposable & {
  /**
   * The bytes as sent, once. Ends the connection when it ends.
   *
   * @throws {OcrError} `FILE_TOO_LARGE`, `FETCH_FAILED`. The signal's reason when it fires
   */
  readonly body: AsyncIterable<Uint8Array>
  /** The media type that the server claims, lower case, without parameters. A hint. */
  readonly contentType: string | null
  /** Cleaned; to be shown, not to be opened. */
  readonly fileName: string | null
}

/** The fetch that a file belongs to. */
export type RunningFetch = {
  /** As the caller gave it, before redirects. */
  readonly url: URL
  readonly maxBytes: number
  readonly limits: FetchLimits
  /** Ends the fetch. */
  readonly stop: AbortController
  /** Takes back what watches over the fetch; may be called again. */
  readonly release: () => void
}

/** Makes a file of an answer; the fetch is released when it was read or disposed of. */
export function toFile(answer: Exchange, running: RunningFetch): FetchedFile {
  const { url, maxBytes, limits, stop, release } = running
  const end = async (): Promise<void> => {
    release()
    await answer[Symbol.asyncDispose]()
  }
  const onSlow = (): void => stop.abort(fetchFailed('the body came too slowly'))
  const pieces = limitedBody({ pieces: answer.body, maxBytes, limits, onSlow })
  async function* body(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* pieces
    } catch (error) {
      stop.signal.throwIfAborted()
      throw error
    } finally {
      await end()
    }
  }
  return {
    body: body(),
    contentType: mediaType(answer.header('content-type')),
    fileName: remoteFileName(url, answer.header('content-disposition')),
    [Symbol.asyncDispose]: end,
  }
}

function mediaType(header: string | null): string | null {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? ''
  return /^[\w.+-]{1,64}\/[\w.+-]{1,128}$/.test(type) ? type : null
}
