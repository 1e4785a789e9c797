import { subscribe } from 'node:diagnostics_channel'

/*
 * The api program as it is, which tells its parent, when asked, the calls that it has sent to
 * Temporal so far, by method and with retries: each is one HTTP/2 stream, and nothing else of the
 * api speaks HTTP/2.
 */
const calls: Record<string, number> = {}
subscribe('http2.client.stream.created', (message) => {
  // The channel is untyped; Node documents these fields.
  const { headers } = message as { readonly headers: Readonly<Record<string, string>> }
  const method = headers[':path']?.split('/').at(-1) ?? 'unknown'
  calls[method] = (calls[method] ?? 0) + 1
})
process.on('message', () => process.send?.(calls))
process.channel?.unref()
await import('../../src/api/main.ts')
