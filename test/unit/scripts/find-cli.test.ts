import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import { cachedCliPath, CLI_VERSION } from '../../../scripts/temporal/cli-release.ts'
import { findTemporalCli, type CliMaker } from '../../../scripts/temporal/find-cli.ts'

const root = await mkdtemp(join(tmpdir(), 'find-cli-'))
after(() => rm(root, { recursive: true }))

async function fakeCli(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(
    path,
    `#!/bin/sh\necho "temporal version ${version} (Server 1.31.2, UI 2.50.1)"\n`,
  )
  await chmod(path, 0o755)
  return path
}

const failing = (name: string): CliMaker => ({
  name,
  version: CLI_VERSION,
  make: async () => `${name} is broken`,
})

type Scene = { readonly cacheDirectory: string; readonly bin: string; readonly said: string[] }

async function scene(): Promise<Scene> {
  const directory = await mkdtemp(join(root, 'scene-'))
  return { cacheDirectory: join(directory, 'cache'), bin: join(directory, 'bin'), said: [] }
}

function find(
  { cacheDirectory, bin, said }: Scene,
  options: { cliPath?: string; makers?: readonly CliMaker[] } = {},
) {
  return findTemporalCli({
    cliPath: options.cliPath ?? null,
    searchPath: `/nowhere:${bin}`,
    cacheDirectory,
    makers: options.makers ?? [],
    say: (line) => said.push(line),
  })
}

describe('findTemporalCli', () => {
  it('takes TEMPORAL_CLI_PATH before everything else', async () => {
    const here = await scene()
    await fakeCli(join(here.bin, 'temporal'), '1.8.2')
    const cliPath = await fakeCli(join(here.bin, 'mine'), '1.9.0')

    assert.deepEqual(await find(here, { cliPath }), { path: cliPath, version: '1.9.0' })
  })

  it('looks no further when TEMPORAL_CLI_PATH is no Temporal CLI', async () => {
    const here = await scene()
    await fakeCli(join(here.bin, 'temporal'), '1.8.2')

    await assert.rejects(find(here, { cliPath: '/nowhere/temporal' }), /TEMPORAL_CLI_PATH/)
  })

  it('takes temporal on PATH before the cache', async () => {
    const here = await scene()
    const path = await fakeCli(join(here.bin, 'temporal'), '1.5.1')
    await fakeCli(cachedCliPath(here.cacheDirectory, CLI_VERSION), CLI_VERSION)

    assert.deepEqual(await find(here), { path, version: '1.5.1' })
  })

  it('skips a temporal on PATH that is too old, and says so', async () => {
    const here = await scene()
    await fakeCli(join(here.bin, 'temporal'), '1.4.9')
    const cached = await fakeCli(cachedCliPath(here.cacheDirectory, CLI_VERSION), CLI_VERSION)

    assert.equal((await find(here)).path, cached)
    assert.ok(here.said.some((line) => line.includes('1.4.9, too old')))
  })

  it('skips a cached program that does not run', async () => {
    const here = await scene()
    await fakeCli(cachedCliPath(here.cacheDirectory, CLI_VERSION), CLI_VERSION)
    await writeFile(cachedCliPath(here.cacheDirectory, CLI_VERSION), '#!/bin/sh\nexit 1\n')

    await assert.rejects(find(here))
    assert.ok(here.said.some((line) => line.includes('does not run')))
  })

  it('makes a program by the first way that works, and says why others were skipped', async () => {
    const here = await scene()
    const working: CliMaker = {
      name: 'second',
      version: CLI_VERSION,
      make: async (path) => {
        await fakeCli(path, CLI_VERSION)
        return null
      },
    }

    const found = await find(here, { makers: [failing('first'), working, failing('third')] })

    assert.equal(found.path, cachedCliPath(here.cacheDirectory, CLI_VERSION))
    assert.ok(here.said.some((line) => line.includes('first is broken')))
    assert.ok(!here.said.some((line) => line.includes('third')))
  })

  it('names the ways out when nothing works', async () => {
    await assert.rejects(find(await scene(), { makers: [failing('first')] }), (error: Error) =>
      ['TEMPORAL_ADDRESS', 'TEMPORAL_CLI_PATH', 'Go'].every((way) => error.message.includes(way)),
    )
  })
})
