import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { s3ServerArguments } from '../../scripts/s3/server-flags.ts'
import { serverArguments } from '../../scripts/temporal/server-flags.ts'
import { loadConfig } from '../../src/config/config.ts'
import { ENVIRONMENT } from '../../src/config/environment.ts'
import {
  COMPOSE_FILE,
  hasCompose,
  makeEnv,
  parseComposeConfig,
  parseYaml,
  runComposeConfig,
  type ComposeConfig,
  type ComposeService,
} from '../support/compose.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const PROFILE_SETS = [
  [],
  ['prod'],
  ['gpu'],
  ['ollama'],
  ['prod', 'gpu'],
  ['prod', 'ollama'],
  ['gpu', 'ollama'],
  ['prod', 'gpu', 'ollama'],
]

/** Variables that containers get no value for, and why. */
const NOT_IN_CONTAINERS: Readonly<Record<string, string>> = {
  TEMPORAL_API_KEY: 'Temporal is in the private network',
  TEMPORAL_TLS: 'Temporal is in the private network',
  TEMPORAL_CLI_PATH: 'of npm start',
  OCR_TEMPORAL_PORT: 'of npm start',
  OCR_TEMPORAL_UI_PORT: 'of npm start',
  XDG_CACHE_HOME: 'of npm start; the image sets it',
  OCR_SERVER: 'of the command line',
  OCR_API_KEY: 'of the command line',
  OCR_WORKFLOW_BUNDLE: 'the image sets it',
  OCR_PADDLE_MODELS: 'needs a mount: docs/docker.md',
  DOTS_PATH_ROOTS: 'needs a mount: docs/docker.md',
  OCR_S3_PUBLIC_URL: 'the store is not published: downloads go through the api',
}

const isMissing = !hasCompose()
if (isMissing && process.env['CI'] === 'true') throw new Error('docker-compose is not installed')
const skip = isMissing && 'docker-compose is not installed (apt-get install docker-compose)'

const directory = await mkdtemp(join(tmpdir(), 'compose-'))
after(() => rm(directory, { recursive: true }))

function envFile(profiles: readonly string[]): string {
  const file = join(directory, `env-${profiles.join('-')}-${Math.random()}`)
  assert.equal(makeEnv(file, profiles).code, 0)
  return file
}

const configs = new Map<string, ComposeConfig>()

function configFor(profiles: readonly string[]): ComposeConfig {
  const known = configs.get(profiles.join())
  if (known !== undefined) return known
  const { exitCode, output } = runComposeConfig(envFile(profiles))
  assert.equal(exitCode, 0, output)
  const config = parseComposeConfig(output)
  configs.set(profiles.join(), config)
  return config
}

/** The processes of our image that run until they are told to stop. */
function ours({ services }: ComposeConfig): [string, ComposeService][] {
  return Object.entries(services).filter(
    ([, { image, entrypoint }]) => image.startsWith('durable-ocr:') && entrypoint === undefined,
  )
}

/** The services that start under some profiles. */
function startedBy(config: ComposeConfig, profiles: readonly string[]): string[] {
  return Object.entries(config.services)
    .filter(([, service]) => service.scale !== 0)
    .filter(([, { profiles: own }]) => own.length === 0 || own.some((p) => profiles.includes(p)))
    .map(([name]) => name)
}

const isJob = (service: ComposeService): boolean => service.restart === 'no'

describe('docker-compose.yml', { skip }, () => {
  for (const profiles of PROFILE_SETS)
    it(`is valid with ${profiles.join(', ') || 'no profile'}, and what is needed is started`, () => {
      const { exitCode, output } = runComposeConfig(
        envFile(profiles),
        profiles.flatMap((profile) => ['--profile', profile]),
      )

      assert.equal(exitCode, 0, output)
      const config = parseComposeConfig(output)
      const started = startedBy(config, profiles)
      for (const name of started)
        for (const needed of Object.keys(config.services[name]?.depends_on ?? {}))
          assert.ok(
            started.includes(needed) || config.services[needed]?.scale === 0,
            `${name} needs ${needed}`,
          )
      const address = config.services['api']?.environment['TEMPORAL_ADDRESS']?.split(':')[0]
      assert.ok(started.includes(address ?? ''), `${address} is not started`)
    })

  it('gives the whole system without a profile', () => {
    const started = startedBy(configFor([]), [])

    assert.deepEqual(started.toSorted(), [
      'api',
      'prepare',
      'store',
      'temporal',
      'volumes',
      'worker',
    ])
  })

  it('puts Temporal on PostgreSQL under prod, and starts no other one', () => {
    const started = startedBy(configFor(['prod']), ['prod'])

    assert.ok(started.includes('temporal-server') && started.includes('postgres'))
    assert.ok(!started.includes('temporal'))
  })

  it('names each secret that is missing', async () => {
    const file = envFile([])
    const lines = (await readFile(file, 'utf8')).split('\n')
    const names = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? [])

    for (const name of names) {
      const path = join(directory, `without-${name}`)
      await writeFile(path, lines.filter((line) => !line.startsWith(`${name}=`)).join('\n'))
      const { exitCode, output } = runComposeConfig(path)

      assert.notEqual(exitCode, 0, name)
      assert.match(output, new RegExp(`\\$\\{${name}:\\?run deploy/compose/make-env`))
    }
    assert.equal(names.length, 5)
  })

  it('has no secret in it', async () => {
    const text = await readFile(COMPOSE_FILE, 'utf8')

    for (const line of text.split('\n'))
      if (/(SECRET|PASSWORD|_PWD|ACCESS_KEY|API_KEY|TOKEN|API_KEYS):/.test(line))
        assert.match(line, /:\s*(\$\{[A-Z_]+:\?run deploy\/compose\/make-env\})?$/, line)
  })

  it('has a health check for each service that is no job, and a job for each that has none', () => {
    const { services } = configFor([])
    for (const [name, service] of Object.entries(services)) {
      assert.equal(service.healthcheck === undefined, isJob(service), name)
      for (const [needed, { condition }] of Object.entries(service.depends_on)) {
        const isDone = condition === 'service_completed_successfully'
        assert.ok(isDone || condition === 'service_healthy', `${name}: ${condition}`)
        assert.equal(isDone, isJob(services[needed] ?? service), `${name}: ${needed}`)
      }
    }
  })

  it('locks every container up: no root, nothing to write to, no capability, limits', () => {
    for (const [name, service] of Object.entries(configFor([]).services)) {
      assert.match(service.user ?? '', /^[1-9]\d*:[1-9]\d*$/, name)
      assert.equal(service.read_only, true, name)
      assert.equal(service.init, true, name)
      assert.deepEqual(service.cap_drop, ['ALL'], name)
      assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
      assert.ok(service.mem_limit && service.pids_limit, name)
      for (const mount of service.tmpfs) assert.match(mount, /:size=\d+[mg],/, name)
      for (const key of ['privileged', 'cap_add', 'pid', 'ipc', 'userns_mode', 'devices'])
        assert.ok(!Object.hasOwn(service, key), `${name}: ${key}`)
      for (const volume of service.volumes)
        assert.doesNotMatch(volume, /docker\.sock|^\/(?!.*:ro$)/, `${name}: ${volume}`)
    }
  })

  it('publishes nothing but on this machine, and of Temporal the web page only', () => {
    const { services, networks } = configFor(['prod', 'gpu', 'ollama'])
    const published = Object.entries(services).flatMap(([name, { ports }]) =>
      ports.map((port) => `${name} ${port}`),
    )

    assert.deepEqual(published.toSorted(), [
      'api 127.0.0.1:8080:8080/tcp',
      'temporal 127.0.0.1:8233:8233/tcp',
      'temporal-ui 127.0.0.1:8233:8233/tcp',
    ])
    assert.equal(networks['inside']?.internal, true)
  })

  it('leads no model server, whose model may bring code, to Temporal or the store', () => {
    const { services } = configFor(['prod', 'gpu', 'ollama'])
    const networksOf = (name: string) => Object.keys(services[name]?.networks ?? {})
    const guarded = ['temporal', 'temporal-server', 'temporal-ui', 'store', 'postgres']
    const reachable = new Set(guarded.flatMap(networksOf))

    assert.ok(reachable.has('inside'))
    for (const server of ['vllm-dots', 'vllm-deepseek', 'ollama', 'ollama-pull'])
      assert.deepEqual(
        networksOf(server).filter((network) => reachable.has(network)),
        [],
        server,
      )
  })

  it('pins every image that is not ours', () => {
    for (const [name, { image }] of Object.entries(configFor([]).services))
      if (!image.startsWith('durable-ocr:'))
        assert.match(image, /:v?\d+\.\d+(\.\d+)?[-\w]*(@sha256:[0-9a-f]{64})?$/, name)
  })

  it('starts Temporal with the flags of npm start', () => {
    const command = configFor([]).services['temporal']?.command
    const databaseFile = '/data/temporal-1.8.2.db'
    const flags = { namespace: 'default', port: 7233, uiPort: 8233, databaseFile }

    const expected = serverArguments(flags).map((word) => (word === '127.0.0.1' ? '0.0.0.0' : word))

    // What the launcher cannot have: versions before 1.8.0 do not know it.
    const own = [command ?? []].flat().filter((word) => word !== '--ui-disable-news-fetch')
    assert.deepEqual(own.toSorted(), expected.toSorted())
  })

  it('starts the store with the flags of our own S3 server', () => {
    const command = configFor([]).services['store']?.command

    const expected = s3ServerArguments({ port: 7070, directory: '/data' })

    assert.deepEqual(
      command,
      expected.map((word) => word.replace('127.0.0.1', '')),
    )
  })

  it('starts Temporal under prod with the dynamic settings of npm start', async () => {
    const flags = { namespace: 'default', port: 1, uiPort: null, databaseFile: null }
    const args = serverArguments(flags)
    const expected = args
      .filter((_, position) => args[position - 1] === '--dynamic-config-value')
      .map((setting) => setting.split('='))

    const text = await readFile(join(ROOT, 'deploy', 'compose', 'dynamic-config.yaml'), 'utf8')

    const { 'limit.maxIDLength': idLength, ...settings } = Object(parseYaml(text))
    assert.deepEqual(idLength, [{ value: 255 }])
    assert.deepEqual(
      settings,
      Object.fromEntries(
        expected.map(([name, value]) => [name, [{ value: JSON.parse(value ?? '') }]]),
      ),
    )
  })

  for (const engine of ['dots', 'deepseek'])
    it(`starts vLLM for ${engine} with the flags of the systemd unit`, async () => {
      const unit = await readFile(join(ROOT, 'deploy', 'gpu', `vllm-${engine}.service`), 'utf8')
      const start = /ExecStart=\S+ serve ((?:.*\\\n)*.*)/.exec(unit)?.[1] ?? ''
      const words = start.replaceAll('\\\n', ' ').replaceAll("'", '').split(/\s+/)

      const command = [configFor([]).services[`vllm-${engine}`]?.command ?? []].flat()

      const expected = words.map(
        (word) => ({ '127.0.0.1': '0.0.0.0', '8001': '8000' })[word] ?? word,
      )
      assert.deepEqual(command, expected)
    })

  it('gives every variable of the product to the containers, or says why not', () => {
    const known = ours(configFor([])).flatMap(([, { environment }]) => Object.keys(environment))

    for (const name of Object.keys(ENVIRONMENT.shape))
      assert.notEqual(known.includes(name), Object.hasOwn(NOT_IN_CONTAINERS, name), name)
  })

  for (const profiles of PROFILE_SETS)
    it(`configures our processes rightly with ${profiles.join(', ') || 'no profile'}`, () => {
      const processes = ours(configFor(profiles))

      for (const [name, { environment }] of processes) {
        const given = Object.entries(environment).map(([key, value]) => [key, value ?? undefined])
        const config = loadConfig(Object.fromEntries(given))

        assert.equal(config.production, true, name)
        assert.equal(config.storage.kind, 's3', name)
      }
      assert.ok(processes.length >= 2)
    })
})
