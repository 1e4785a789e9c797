import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { z } from 'zod'

const ROOT = join(import.meta.dirname, '..', '..')

/** The compose file of the project. */
export const COMPOSE_FILE = join(ROOT, 'docker-compose.yml')

const dependencySchema = z.object({ condition: z.string() })

const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.union([z.array(z.string()), z.string()]).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string().nullable()).default({}),
  depends_on: z.record(z.string(), dependencySchema).default({}),
  profiles: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  tmpfs: z.array(z.string()).default([]),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  healthcheck: z.looseObject({ test: z.array(z.string()) }).optional(),
  user: z.string().optional(),
  restart: z.string().optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  mem_limit: z.union([z.string(), z.number()]).optional(),
  pids_limit: z.number().optional(),
  scale: z.number().optional(),
})

const composeSchema = z.object({
  services: z.record(z.string(), serviceSchema),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() }).nullable()),
  volumes: z.record(z.string(), z.unknown()),
})

/** A compose file with every variable filled in. */
export type ComposeConfig = z.output<typeof composeSchema>

/** One service of it. */
export type ComposeService = ComposeConfig['services'][string]

/** What `docker-compose config` said. */
export type ComposeRun = { readonly exitCode: number | null; readonly output: string }

/** Whether `docker-compose` of Debian is there, which brings its own YAML parser along. */
export function hasCompose(): boolean {
  return spawnSync('docker-compose', ['version']).status === 0
}

/** Runs `deploy/compose/make-env` for a file of a test. */
export function makeEnv(
  file: string,
  profiles: readonly string[],
): { readonly code: number | null; readonly text: string } {
  const program = join(ROOT, 'deploy', 'compose', 'make-env')
  const run = spawnSync('sh', [program, '--file', file, ...profiles], { encoding: 'utf8' })
  return { code: run.status, text: run.stdout + run.stderr }
}

/** Runs `docker-compose config` with the variables of a file, and no others. */
export function runComposeConfig(envFile: string, args: readonly string[] = []): ComposeRun {
  const run = spawnSync(
    'docker-compose',
    ['--env-file', envFile, '-f', COMPOSE_FILE, ...args, 'config'],
    { encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '', HOME: '/tmp' } },
  )
  return { exitCode: run.status, output: run.status === 0 ? run.stdout : run.stderr }
}

/** Reads what it printed. */
export function parseComposeConfig(yaml: string): ComposeConfig {
  return composeSchema.parse(parseYaml(yaml))
}

/** YAML as the JSON that it stands for. */
export function parseYaml(yaml: string): unknown {
  // Debian's docker-compose needs this interpreter with this module.
  const program = 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'
  return JSON.parse(execFileSync('/usr/bin/python3', ['-c', program], { input: yaml }).toString())
}
