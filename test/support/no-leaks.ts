// Loaded into every test process by `npm test`: a timer or socket that a test left open would keep
// its process, and so the whole run, alive for ever. Instead the file fails and names what is open.
import { after } from 'node:test'

/** What may still be closing when the last test has ended. */
const GRACE_MS = 30_000

if (process.env['NODE_TEST_CONTEXT'] === 'child-v8')
  after(() => {
    const overdue = setTimeout(() => {
      console.error(
        `Still open ${GRACE_MS / 1_000} s after the last test: ${process.getActiveResourcesInfo().join(', ')}`,
      )
      process.exit(1)
    }, GRACE_MS)
    overdue.unref()
  })
