import { mkdtempDisposable, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFakeEngines, type FakeEngines } from './fakes/fake-engines.ts'
import type { FakeReply } from './fakes/fake-reply.ts'
import { sentPng } from './fakes/sent-png.ts'
import { dotsReply } from './page-truth.ts'
import { readPageNumber } from './read-page-number.ts'
import { serve } from './serve.ts'
import { startStack, type Stack } from './stack.ts'
import { temporalCliPath } from './temporal-address.ts'
import { WEBHOOK_SECRETS } from './webhook-variable-rows.ts'

/** What the commands of the runbook are tried on. */
export type RunbookStack = AsyncDisposable & {
  readonly stack: Stack
  readonly fakes: FakeEngines
  /** Takes no webhook: each is tried for a day. */
  readonly receiverUrl: string
  /** Of the commands: they find `temporal` and its server. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Starts a stack whose engine `dots` reads marked pages.
 *
 * @param hasTrouble Asked for each page number; where it says so, the model server fails
 */
export async function startRunbookStack(
  hasTrouble: (page: number) => boolean,
): Promise<RunbookStack> {
  await using setUp = new AsyncDisposableStack()
  const programs = setUp.use(await mkdtempDisposable(join(tmpdir(), 'runbook-')))
  await symlink(await temporalCliPath(), join(programs.path, 'temporal'))
  const fakes = setUp.use(await startFakeEngines())
  fakes.dots.setDefault(async (body): Promise<FakeReply> => {
    const png = sentPng(body)
    const isTrouble = hasTrouble(await readPageNumber(png))
    return isTrouble ? { kind: 'status', status: 500, body: {} } : dotsReply(png)
  })
  const receiver = setUp.use(await serve((_, response) => response.writeHead(500).end()))
  const settings = {
    ...fakes.env,
    OCR_FALLBACK_ENGINE: 'none',
    OCR_ALLOWED_WEBHOOK_HOSTS: `127.0.0.1:${receiver.port}`,
    OCR_WEBHOOK_SECRET: WEBHOOK_SECRETS.join(','),
  }
  const stack = setUp.use(await startStack({ stubDelayMs: null, env: settings }))
  const running = setUp.move()
  return {
    stack,
    fakes,
    receiverUrl: receiver.url,
    env: {
      PATH: `${programs.path}:${process.env['PATH'] ?? ''}`,
      TEMPORAL_ADDRESS: stack.temporalAddress,
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
