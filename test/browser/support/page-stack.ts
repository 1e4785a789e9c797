import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { buildPage } from '../../../scripts/page/build.ts'
import { builtPageState } from '../../../scripts/page/page-sources.ts'
import { openPage, startBrowser, type OpenPage, type Visitor } from '../../support/browser.ts'
import { writeScript, type EngineScript } from '../../support/scripted-engine.ts'
import { startStack, type Stack, type StackOptions } from '../../support/stack.ts'

/** The whole product with its built page, and a browser to look at it. */
export type PageStack = AsyncDisposable & {
  readonly stack: Stack
  readonly browser: Browser
  /** Opens a path of the product, by default its page, or a whole address, in a profile of its own. */
  open(visitor?: Visitor, path?: string): Promise<OpenPage>
  /** Has the engine do something else from now on. */
  script(script: EngineScript): Promise<void>
}

/** What a test wants to be different. */
export type PageStackOptions = Pick<StackOptions, 'env' | 'slots' | 'hasUi'> & {
  /** Reads with the engines as shipped, not by a script. */
  readonly hasRealEngines?: boolean
}

const WORKER = 'test/support/scripted-worker.ts'

/** Builds the page where its sources have changed, and starts everything. */
export async function startPageStack(options: PageStackOptions = {}): Promise<PageStack> {
  if (builtPageState() !== 'current') await buildPage()
  await using started = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-page-'))
  started.defer(() => rm(directory, { recursive: true, force: true }))
  const scriptPath = join(directory, 'script.json')
  const script = (next: EngineScript): Promise<void> => writeScript(scriptPath, next)
  await script({})
  const { hasRealEngines = false, ...rest } = options
  const stack = started.use(
    await startStack({
      // More than a test holds: pages come to the engine in no order.
      ...(hasRealEngines ? {} : { workerProgram: WORKER, slots: 16 }),
      ...rest,
      stubDelayMs: null,
      workerEnv: { ENGINE_SCRIPT: scriptPath },
    }),
  )
  const browser = await startBrowser()
  started.defer(() => browser.close())
  const all = started.move()
  return {
    stack,
    browser,
    open: (visitor, path = '/') => openPage(browser, new URL(path, stack.url).href, visitor),
    script,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
