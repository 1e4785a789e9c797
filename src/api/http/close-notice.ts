import type { Server, ServerResponse } from 'node:http'

/**
 * Lets a server tell its clients that it closes: once the given function was called, every answer that
 * has not begun says `Connection: close`. A client that keeps its connection would else send its next
 * request on one that is being closed, and could not know whether it was taken.
 */
export function createCloseNotice(server: Server): () => void {
  const answers = new Set<ServerResponse>()
  let isClosing = false
  const tell = (answer: ServerResponse): void => {
    if (!answer.headersSent) answer.setHeader('Connection', 'close')
  }
  // Before the application, which may answer at once.
  server.prependListener('request', (_request, answer) => {
    if (isClosing) tell(answer)
    else answers.add(answer.once('close', () => answers.delete(answer)))
  })
  return () => {
    isClosing = true
    for (const answer of answers) tell(answer)
  }
}
