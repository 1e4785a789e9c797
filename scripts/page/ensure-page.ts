import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { builtPageState } from './page-sources.ts'

const PROGRAM = join(import.meta.dirname, '..', 'build-page.ts')

/**
 * Builds the web page where it is missing or made of other sources. Never rejects: without the page
 * everything else works, and the reason is told.
 */
export async function ensurePage(say: (line: string) => void): Promise<void> {
  const state = builtPageState()
  if (state === 'current') return
  if (!isBuilderInstalled()) {
    if (state === 'missing') say('The web page is not built, and its builder is not installed')
    return
  }
  // A process of its own: the builder's memory goes with it.
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['ignore', 'ignore', 'inherit'] })
  const [exitCode] = await once(child, 'exit')
  if (exitCode !== 0) say('The web page could not be built; the lines above say why')
}

/** Whether the page can be built here: its builder is a package for development. */
export function isBuilderInstalled(): boolean {
  try {
    import.meta.resolve('vite')
    return true
  } catch {
    return false
  }
}
