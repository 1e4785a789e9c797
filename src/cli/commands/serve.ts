import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { join } from 'node:path'
import { processEnvironment } from '../../config/environment.ts'

const PROGRAM = join(import.meta.dirname, '..', '..', '..', 'scripts', 'start.ts')

/** `durable-ocr serve`: everything that `npm start` starts, until Ctrl-C; gives its exit code. */
export async function serve(): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM], {
    // With this variable it ends when its parents do, as under npm: killed, we pass no signal on.
    env: { npm_lifecycle_event: 'durable-ocr', ...processEnvironment() },
    stdio: 'inherit',
  })
  // A terminal's Ctrl-C reaches it too; twice is the same to it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => child.kill(signal))
  const exited: unknown[] = await once(child, 'exit')
  const [exitCode, signal] = exited
  if (typeof exitCode === 'number') return exitCode
  return 128 + (Object.entries(constants.signals).find(([name]) => name === signal)?.[1] ?? 0)
}
