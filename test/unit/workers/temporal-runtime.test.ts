import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { Runtime } from '@temporalio/worker'
import { freePort } from '../../../scripts/temporal/ports.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { installTemporalRuntime } from '../../../src/workers/temporal-runtime.ts'
import { scrape } from '../../support/scrape.ts'
import { serve } from '../../support/serve.ts'

before(() => setLogLevel('silent'))
after(() => Runtime.instance().shutdown())

describe('installTemporalRuntime', () => {
  it('starts without metrics when their port is taken', async () => {
    await using taken = await serve((_request, response) => void response.end('mine'))

    installTemporalRuntime(`127.0.0.1:${taken.port}`)

    assert.equal(await (await fetch(`${taken.url}/metrics`)).text(), 'mine')
    await Runtime.instance().shutdown()
  })

  it('tells the figures of the SDK on the given port', async () => {
    const port = await freePort('127.0.0.1')

    installTemporalRuntime(`127.0.0.1:${port}`)

    // Nothing has happened that could be counted.
    assert.equal((await scrape(port)).text, '')
  })
})
