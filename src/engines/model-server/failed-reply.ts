import type { FailedReply } from './reply-failure.ts'

/** What of a failed answer is read: they are short, and the page of a proxy says nothing anyway. */
const MAX_BODY_BYTES = 64 * 1024

/** Carries an answer that is no success to where it is known what to do about it. */
export class RejectedRequest extends Error {
  override readonly name = 'RejectedRequest'
  readonly reply: FailedReply

  constructor(reply: FailedReply) {
    super('The server answered without success')
    this.reply = reply
  }
}

/** Reads an answer that is no success: its body as JSON where it is that, else as text; 64 KB of it. */
export async function readFailedReply(response: Response): Promise<FailedReply> {
  return {
    status: response.status,
    body: parsed(await textOf(response)),
    retryAfter: response.headers.get('retry-after'),
  }
}

async function textOf(response: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  try {
    for await (const piece of response.body ?? []) {
      pieces.push(piece)
      length += piece.length
      // Leaving closes the connection.
      if (length >= MAX_BODY_BYTES) break
    }
  } catch {
    // The status alone says what to do.
    return ''
  }
  return new TextDecoder().decode(Buffer.concat(pieces).subarray(0, MAX_BODY_BYTES))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
