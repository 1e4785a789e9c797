import type { FailedReply } from './reply-failure.ts'

/** Reads an answer that is no success: its body as JSON where it is that, else as text. */
export async function readFailedReply(response: Response): Promise<FailedReply> {
  return {
    status: response.status,
    body: parsed(await textOf(response)),
    retryAfter: response.headers.get('retry-after'),
  }
}

async function textOf(response: Response): Promise<string> {
  try {
    return await response.text()
  } catch {
    // The status alone says what to do.
    return ''
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
