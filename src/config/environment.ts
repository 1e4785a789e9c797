import { availableParallelism } from 'node:os'
import { z } from 'zod'
import type { Secret } from '../platform/secret.ts'
import { ENGINE_RULES } from './engine-rules.ts'
import { ACCESS_VARIABLES, API_KEY_VARIABLE } from './environment-access.ts'
import { DIALECT_VARIABLES } from './environment-dialects.ts'
import { ENGINE_VARIABLES } from './environment-engines.ts'
import { LIMITS_VARIABLES } from './environment-limits.ts'
import { RETENTION_VARIABLES } from './environment-retention.ts'
import { STORAGE_RULES, STORAGE_VARIABLES } from './environment-storage.ts'
import { WEBHOOK_VARIABLES } from './environment-webhooks.ts'
import { withRule, type EnvironmentRule } from './environment-rule.ts'
import { PORT_RULES } from './port-rules.ts'
import { RESERVED_SEGMENTS } from './reserved-segments.ts'
import { withComputed, withDefault, withoutDefault } from './variable.ts'
import { WORKER_ROLES } from './worker-roles.ts'
import {
  allOrSome,
  flag,
  hostAndPort,
  httpOrigin,
  oneOf,
  portOrOff,
  secret,
  serverUrl,
  text,
  wholeNumber,
} from './variable-types.ts'

/** Shortest `OCR_SECRET` in production, in characters: 128 bits, were it hexadecimal. */
export const MIN_SECRET_LENGTH = 32

const general = { section: 'General' } as const
const http = { section: 'HTTP' } as const
const temporal = { section: 'Temporal' } as const
const work = { section: 'Workers' } as const
const start = { section: 'npm start' } as const
const commandLine = { section: 'Command line' } as const

const VARIABLES = z.object({
  OCR_PRODUCTION: withDefault(flag, 'false', {
    ...general,
    description: `\`true\` refuses weak secrets: an \`OCR_SECRET\` shorter than ${MIN_SECRET_LENGTH} characters.`,
  }),
  OCR_LOG_LEVEL: withDefault(oneOf(['debug', 'info', 'warn', 'error']), 'info', {
    ...general,
    description: 'Least severe log lines that are written.',
  }),
  OCR_DATA_DIR: withDefault(text, './data', {
    ...general,
    description:
      "Directory of the store, the temporary files and, under `npm start`, Temporal's database.",
  }),
  OCR_SECRET: withoutDefault(secret, 'a random one, kept in the data directory', {
    ...general,
    description: 'Signs download URLs and idempotency keys. The same for every api and worker.',
  }),
  OCR_HOST: withDefault(text, '127.0.0.1', {
    ...http,
    description: 'Address to listen on. `0.0.0.0` opens the service to the network.',
  }),
  OCR_PORT: withDefault(wholeNumber(0, 65_535), '8080', {
    ...http,
    description: 'Main port; `0` takes a free one.',
  }),
  OCR_PUBLIC_URL: withoutDefault(httpOrigin, 'the address that the client asked', {
    ...http,
    description: 'Origin of the links in answers. Set it behind a proxy.',
  }),
  OCR_TITLE: withDefault(text, 'durable-ocr', {
    ...http,
    description: 'Title of the web page.',
  }),
  OCR_MAX_UPLOAD_MB: withDefault(wholeNumber(1, 10_240), '200', {
    ...http,
    unit: 'MiB',
    description: 'Largest upload of `/v1`. Dialects have their documented limits.',
  }),
  OCR_MAX_PAGES: withDefault(wholeNumber(1, 100_000), '5000', {
    ...http,
    unit: 'pages',
    description: 'Longest document of `/v1`. Dialects have their documented limits.',
  }),
  OCR_SIGNED_URL_TTL_S: withDefault(wholeNumber(1, 604_800), '900', {
    ...http,
    unit: 's',
    description: 'Life of a signed download URL.',
  }),
  ...LIMITS_VARIABLES,
  ...ACCESS_VARIABLES,
  ...WEBHOOK_VARIABLES,
  ...STORAGE_VARIABLES,
  ...RETENTION_VARIABLES,
  TEMPORAL_ADDRESS: withoutDefault(hostAndPort, '127.0.0.1:7233; under `npm start` its own', {
    ...temporal,
    description: 'Temporal frontend. When it is set, `npm start` starts no server.',
  }),
  TEMPORAL_NAMESPACE: withDefault(text, 'default', {
    ...temporal,
    description: 'Namespace of all workflows.',
  }),
  TEMPORAL_API_KEY: withoutDefault(secret, 'none', {
    ...temporal,
    description: 'API key of the Temporal cluster.',
  }),
  TEMPORAL_TLS: withoutDefault(flag, '`true` when `TEMPORAL_API_KEY` is set, else `false`', {
    ...temporal,
    description: 'Connects with TLS.',
  }),
  OCR_TEMPORAL_UI_URL: withoutDefault(serverUrl, 'none; under `npm start` its own', {
    ...temporal,
    description: "Temporal's web page, for links to the run of a document.",
  }),
  OCR_ALLOW_INSECURE_TEMPORAL: withDefault(flag, 'false', {
    ...temporal,
    description: '`true` permits a Temporal on another machine without TLS.',
  }),
  OCR_WORKER_ROLES: withDefault(allOrSome(WORKER_ROLES), 'all', {
    ...work,
    description: 'What a worker process works on; `all` leaves out engines that are not set up.',
  }),
  OCR_CPU_SLOTS: withComputed(wholeNumber(1, 1024), {
    compute: availableParallelism,
    meaning: 'the number of cores',
    about: { ...work, description: 'Pages that one worker process works on at once.' },
  }),
  OCR_SHUTDOWN_GRACE_S: withDefault(wholeNumber(0, 3600), '50', {
    ...work,
    unit: 's',
    description: 'Time for pages under way after SIGTERM; what is not done is done elsewhere.',
  }),
  OCR_WORKFLOW_BUNDLE: withoutDefault(text, 'bundled from source at start', {
    ...work,
    description:
      'File that `node scripts/build-workflows.ts` wrote; left alone when it was made from other sources.',
  }),
  OCR_METRICS_PORT: withDefault(portOrOff, 'off', {
    ...general,
    description:
      'Port of `GET /metrics` of an api or a worker, on `OCR_HOST`. `npm start`: 9464 for the api, the next one for the worker.',
  }),
  OCR_SDK_METRICS_PORT: withDefault(portOrOff, 'off', {
    ...general,
    description: "Port of the Temporal SDK's own metrics of a worker. `npm start`: 9466.",
  }),
  ...ENGINE_VARIABLES,
  ...DIALECT_VARIABLES,
  TEMPORAL_CLI_PATH: withoutDefault(text, '`temporal` on PATH, or one of our own', {
    ...start,
    description: 'The Temporal CLI to start the server with.',
  }),
  XDG_CACHE_HOME: withoutDefault(text, '`~/.cache`', {
    ...start,
    description: 'Parent of `durable-ocr/`, where the Temporal CLI is kept.',
  }),
  // Not TEMPORAL_PORT: Kubernetes sets that for a service called temporal, to a URL.
  OCR_TEMPORAL_PORT: withoutDefault(wholeNumber(1, 65_535), '7233, or a free one', {
    ...start,
    description: 'Port of the Temporal server.',
  }),
  OCR_TEMPORAL_UI_PORT: withoutDefault(wholeNumber(1, 65_535), '8233, or a free one', {
    ...start,
    description: "Port of Temporal's web page.",
  }),
  OCR_SERVER: withoutDefault(serverUrl, 'the one on `OCR_PORT`, or one of its own', {
    ...commandLine,
    description: 'Server that `durable-ocr` sends documents to.',
  }),
  ...API_KEY_VARIABLE,
})

const RULES: readonly EnvironmentRule<z.output<typeof VARIABLES>>[] = [
  {
    variable: 'TEMPORAL_ADDRESS',
    names: ['TEMPORAL_ADDRESS', 'TEMPORAL_TLS', 'OCR_ALLOW_INSECURE_TEMPORAL'],
    error:
      'expected TLS for a server on another machine: set TEMPORAL_TLS=true, or OCR_ALLOW_INSECURE_TEMPORAL=true in a private network',
    isMet: isTemporalReachedSafely,
  },
  {
    variable: 'OCR_SECRET',
    names: ['OCR_PRODUCTION', 'OCR_SECRET'],
    error: `expected at least ${MIN_SECRET_LENGTH} characters because OCR_PRODUCTION=true`,
    isMet: (env) => {
      const length = env.OCR_SECRET?.reveal().length ?? MIN_SECRET_LENGTH
      return !env.OCR_PRODUCTION || length >= MIN_SECRET_LENGTH
    },
  },
  {
    variable: 'TEMPORAL_TLS',
    names: ['TEMPORAL_TLS', 'TEMPORAL_API_KEY'],
    error: 'expected true beside TEMPORAL_API_KEY, which nobody may read on its way',
    isMet: (env) => env.TEMPORAL_API_KEY === null || env.TEMPORAL_TLS !== false,
  },
  ...PORT_RULES,
  ...STORAGE_RULES,
  ...ENGINE_RULES,
  {
    variable: 'PASSWORD',
    names: ['PASSWORD'],
    error: 'expected no path that is served already, such as api or health, and no slash',
    isMet: ({ PASSWORD }) => {
      const password = PASSWORD.reveal()
      return !password.includes('/') && !RESERVED_SEGMENTS.includes(password.toLowerCase())
    },
  },
]

/** Every variable that is read, and the only place that says so. */
export const ENVIRONMENT = RULES.reduce(
  (schema: typeof VARIABLES, rule) => withRule(schema, rule),
  VARIABLES,
)

/** All variables, read and checked. */
export type Environment = z.output<typeof ENVIRONMENT>

/** The variables of this process. */
export function processEnvironment(): Record<string, string | undefined> {
  return process.env
}

function isTemporalReachedSafely(env: {
  readonly TEMPORAL_ADDRESS: string | null
  readonly TEMPORAL_TLS: boolean | null
  readonly TEMPORAL_API_KEY: Secret | null
  readonly OCR_ALLOW_INSECURE_TEMPORAL: boolean
}): boolean {
  const isEncrypted = env.TEMPORAL_TLS ?? env.TEMPORAL_API_KEY !== null
  if (isEncrypted || env.OCR_ALLOW_INSECURE_TEMPORAL || env.TEMPORAL_ADDRESS === null) return true
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d+$/.test(env.TEMPORAL_ADDRESS)
}
