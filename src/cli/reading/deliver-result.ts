import { once } from 'node:events'
import { pipeline } from 'node:stream/promises'
import { writeFileAtomically } from '../output/write-file.ts'
import type { Run } from './run.ts'

/**
 * Fetches a result and writes it to its file, or to stdout when there is none.
 *
 * @returns under `--json`, what was not written: a text, or JSON as it is
 * @throws {ServerError} when there is none
 * @throws {CommandError} when the file is there already
 */
export async function deliverResult(
  id: string,
  output: string | null,
  run: Pick<Run, 'client' | 'signal' | 'format' | 'isJson' | 'mayReplace' | 'reporter'>,
): Promise<{ readonly content?: unknown }> {
  const { client, signal, format } = run
  const response = await client.result(id, format, { signal })
  if (output !== null) {
    const force = run.mayReplace(output)
    await writeFileAtomically(output, response.body ?? emptyBody(), { force, signal })
    return {}
  }
  if (run.isJson) {
    const text = await response.text()
    return { content: format === 'json' ? (JSON.parse(text) as unknown) : text }
  }
  run.reporter.clear()
  await pipeline(response.body ?? emptyBody(), writeToStdout, { signal })
  return {}
}

/** Waits for whoever reads; ends with the newline that a terminal's prompt needs. */
async function writeToStdout(body: AsyncIterable<Uint8Array>): Promise<void> {
  let last: number | undefined
  for await (const chunk of body) {
    last = chunk.at(-1) ?? last
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
  }
  if (process.stdout.isTTY && last !== 0x0a) process.stdout.write('\n')
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}
