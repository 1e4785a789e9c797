import { setMaxListeners } from 'node:events'
import { ATTACKS } from './attacks.ts'
import type { Attacked } from './run-attack-mix.ts'

/*
 * All attacks at once, from a process of their own, so that the good client's times are not theirs:
 * `attack-main.ts <url> <seconds> <local address>`. Prints what they were answered, and the CPU
 * time that they cost, as JSON.
 */
const [url = '', seconds = '10', localAddress = '127.0.0.1'] = process.argv.slice(2)
const stopping = new AbortController()
setMaxListeners(0, stopping.signal)
const answers: Record<string, Record<string, number>> = {}
const timer = setTimeout(() => stopping.abort(), Number(seconds) * 1_000)
process.once('SIGTERM', () => stopping.abort())
await Promise.all(
  Object.entries(ATTACKS).map(async ([name, attack]) => {
    const counts: Record<string, number> = {}
    answers[name] = counts
    const count = (answer: string): void => {
      counts[answer] = (counts[answer] ?? 0) + 1
    }
    await attack({ url: new URL(url), localAddress, signal: stopping.signal, count })
  }),
)
clearTimeout(timer)
const { user, system } = process.cpuUsage()
const attacked: Attacked = { answers, cpuSeconds: (user + system) / 1e6 }
process.stdout.write(JSON.stringify(attacked), () => process.exit(0))
