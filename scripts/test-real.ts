/*
 * npm run test:real -- vllm|ollama|llama
 *
 * Tests the engines against real model servers with tiny models of random weights: the protocol is
 * real, the words mean nothing. Installs each server once, outside the tree, from Python packages
 * and Go modules; nothing keeps running afterwards. One run at a time. `vllm-dots` and
 * `vllm-deepseek` are the two halves of `vllm`.
 */
import { LLAMA_SERVER } from './real-servers/llama.ts'
import { OLLAMA_SERVER } from './real-servers/ollama.ts'
import type { RealServer } from './real-servers/real-server.ts'
import { testRealServer } from './real-servers/run-tests.ts'
import { createSteps, ExpectedFailure } from './real-servers/steps.ts'
import { VLLM_SERVER } from './real-servers/vllm.ts'
import { watchParent } from './start/parent-watch.ts'

const SERVERS = new Map<string, RealServer>([
  ['vllm', VLLM_SERVER],
  ['ollama', OLLAMA_SERVER],
  ['llama', LLAMA_SERVER],
])

const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    interrupted.abort()
    // Whoever asks twice does not want to wait; the exit listeners still kill what runs.
    process.once(signal, () => process.exit(130))
  })
}
watchParent(() => interrupted.abort())

try {
  await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof ExpectedFailure)) throw error
  console.error(error.message)
  process.exitCode = 1
}

async function main(names: readonly string[]): Promise<void> {
  const servers = names.flatMap((name) => SERVERS.get(name) ?? partOfServer(name) ?? [])
  if (servers.length === 0 || servers.length < names.length)
    throw new ExpectedFailure(`Usage: npm run test:real -- ${[...SERVERS.keys()].join('|')}`)
  const steps = createSteps((line) => console.log(line), interrupted.signal)
  for (const server of servers) await testRealServer(server, steps)
}

/** A server with the one run whose test file has this name. */
function partOfServer(name: string): RealServer | null {
  for (const server of SERVERS.values()) {
    const runs = server.runs.filter(({ testFile }) => testFile === `${name}.test.ts`)
    if (runs.length > 0) return { ...server, runs }
  }
  return null
}
