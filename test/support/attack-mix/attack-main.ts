import { setMaxListeners } from 'node:events'
import { ATTACKS } from './attacks.ts'

/*
 * All attacks at once, from a process of their own, so that the good client's times are not theirs:
 * `attack-main.ts <url> <seconds> <local address>`. Prints what they were answered as JSON.
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
process.stdout.write(JSON.stringify(answers), () => process.exit(0))
