/*
 * `pkill -9 -f <pattern>` of the documents, kept to the processes of one test: those whose environment
 * has the mark that this one has. On this machine others may run a worker, too.
 */
import { commandLine, processesWith } from '../processes.ts'
import { MARK } from './product-copy.ts'

const [signal, option, pattern] = process.argv.slice(2)
const mark = process.env[MARK] ?? ''
if (signal !== '-9' || option !== '-f' || !pattern || mark === '') {
  console.error('only pkill -9 -f <pattern> is known here')
  process.exit(2)
}
const found = processesWith(`${MARK}=${mark}`).filter(
  (pid) => pid !== process.pid && commandLine(pid).includes(pattern),
)
for (const pid of found) process.kill(pid, 'SIGKILL')
// As pkill: 1 when nothing matched.
process.exit(found.length > 0 ? 0 : 1)
