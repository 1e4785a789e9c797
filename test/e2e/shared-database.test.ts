import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createTemporalLauncher } from '../../scripts/temporal/launcher.ts'
import { connectWhenReady } from '../../scripts/temporal/namespace.ts'
import { freePort } from '../../scripts/temporal/ports.ts'
import type { TemporalServer } from '../../scripts/temporal/server.ts'
import { loadConfig } from '../../src/config/config.ts'
import { RETENTION_DAYS, SEARCH_ATTRIBUTE } from '../../src/contract/names.ts'

const directory = await mkdtemp(join(tmpdir(), 'shared-database-'))
after(() => rm(directory, { recursive: true }))

async function launch(): Promise<TemporalServer> {
  const { TEMPORAL_CLI_PATH, XDG_CACHE_HOME } = process.env
  const config = loadConfig({
    TEMPORAL_CLI_PATH,
    XDG_CACHE_HOME,
    OCR_DATA_DIR: directory,
    OCR_TEMPORAL_PORT: String(await freePort('127.0.0.1')),
    OCR_TEMPORAL_UI_PORT: String(await freePort('127.0.0.1')),
  })
  const launchServer = await createTemporalLauncher(config, { say: () => undefined })
  return await launchServer()
}

describe('createTemporalLauncher', () => {
  it('never lets two servers share one database file', async () => {
    const [first, second] = await Promise.all([launch(), launch()])

    assert.equal(first.address, second.address)
    await Promise.all([first.stop(), second.stop()])
  })

  it('sets retention and search attributes at the first start', async () => {
    const server = await launch()
    const connection = await connectWhenReady(server.address, 'default', 60_000)
    assert.ok(connection)

    const { config } = await connection.workflowService.describeNamespace({ namespace: 'default' })
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    })
    await connection.close()
    await server.stop()

    assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), RETENTION_DAYS * 86_400)
    for (const name of Object.values(SEARCH_ATTRIBUTE)) assert.ok(name in (customAttributes ?? {}))
  })
})
