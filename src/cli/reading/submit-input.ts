import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { CommandError } from '../command-error.ts'
import type { Input } from '../inputs/input.ts'
import { spoolStream, tooLarge } from '../inputs/spool-stream.ts'
import type { Run } from './run.ts'

/** A submit that is under way at Ctrl-C gets this long, so that what it started can be cancelled. */
const SUBMIT_GRACE_MS = 2_000

/**
 * Sends an input; gives the id of its document.
 *
 * @throws {CommandError} when it is too large
 * @throws {ServerError} when it is not accepted
 */
export async function submitInput(input: Input, run: Run): Promise<string> {
  const { source, name } = input
  const { client, fields, maxUploadBytes } = run
  using grace = abortLater(run.signal)
  const options = { signal: grace.signal }
  if (source.kind === 'url')
    return await client.submit({ source: { url: source.url }, fields }, options)
  if (source.kind === 'file') {
    const { size } = await stat(source.path)
    if (size > maxUploadBytes) throw new CommandError(tooLarge(maxUploadBytes))
    return await client.submit({ source: { path: source.path, name }, fields }, options)
  }
  const stream = source.path === null ? process.stdin : createReadStream(source.path)
  await using spooled = await spoolStream(stream, { maxBytes: maxUploadBytes, signal: run.signal })
  return await client.submit({ source: { path: spooled.path, name }, fields }, options)
}

function abortLater(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const later = new AbortController()
  const disposed = new AbortController()
  const onAbort = (): void =>
    void delay(SUBMIT_GRACE_MS, undefined, { signal: disposed.signal }).then(
      () => later.abort(),
      () => undefined,
    )
  signal.addEventListener('abort', onAbort, { once: true })
  return {
    signal: later.signal,
    [Symbol.dispose]() {
      signal.removeEventListener('abort', onAbort)
      disposed.abort()
    },
  }
}
