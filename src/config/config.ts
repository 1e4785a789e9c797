import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { EngineId } from '../contract/engines.ts'
import type { RetentionRules } from '../contract/sweep.ts'
import { toAccessConfig, type AccessConfig } from './access-config.ts'
import { ConfigError } from './config-error.ts'
import { toDialectsConfig, type DialectsConfig } from './dialects-config.ts'
import {
  possibleRoles,
  toEnginesConfig,
  toServerLimits,
  type EnginesConfig,
  type ServerLimits,
} from './engines-config.ts'
import { ENVIRONMENT, processEnvironment, type Environment } from './environment.ts'
import { toLimitsConfig, type LimitsConfig } from './limits-config.ts'
import type { Secret } from '../platform/secret.ts'
import type { StorageSettings } from '../storage/create-blob-store.ts'
import { toStorageSettings } from './storage-config.ts'
import { toRetentionRules } from './retention-config.ts'
import { toWebhooksConfig, type WebhooksConfig } from './webhooks-config.ts'
import { shownValue } from './shown-value.ts'
import { VARIABLE_ABOUT } from './variable.ts'
import type { WorkerRole } from './worker-roles.ts'

export type { WorkerRole } from './worker-roles.ts'
export type { EnginesConfig } from './engines-config.ts'

/** Address of a Temporal that was started without saying where. */
export const DEFAULT_TEMPORAL_ADDRESS = '127.0.0.1:7233'

/** Everything that can be configured, with impossible combinations left out. */
export type Config = {
  readonly production: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Absolute path; holds the store, the temporary files and, under `npm start`, Temporal's database. */
  readonly dataDirectory: string
  /** Signs URLs and idempotency keys; `null`: a file in the data directory, made at the first run. */
  readonly secret: Secret | null
  readonly temporal: TemporalConfig
  readonly storage: StorageSettings
  /** How long is kept what is over. */
  readonly retention: RetentionRules
  readonly api: ApiConfig
  readonly webhooks: WebhooksConfig
  readonly worker: WorkerConfig
  readonly engines: EnginesConfig
  readonly metrics: MetricsConfig
  readonly launcher: LauncherConfig
  /** What the command line asks. `null`: nothing set, the server on `api.port` or one of its own. */
  readonly commandLine: { readonly serverUrl: string | null; readonly apiKey: Secret | null }
}

/** Ports of an api or a worker process for Prometheus; `null`: off. */
export type MetricsConfig = {
  readonly port: number | null
  /** What the Temporal SDK of a worker tells itself. */
  readonly sdkPort: number | null
}

/** Where Temporal is. */
export type TemporalConfig = {
  /** host:port; `null`: nothing set, `npm start` brings its own server. */
  readonly address: string | null
  readonly namespace: string
  readonly apiKey: Secret | null
  readonly tls: boolean
}

/** The HTTP side. */
export type ApiConfig = DialectsConfig & {
  readonly host: string
  readonly port: number
  /** Origin for links, such as `https://ocr.example.com`; `null`: what the client asked for. */
  readonly publicUrl: string | null
  /** Of the web page. */
  readonly title: string
  /** Where operators look at runs; `null`: nobody said. */
  readonly temporalUi: TemporalUiConfig | null
  readonly maxUploadBytes: number
  readonly maxPages: number
  readonly defaultEngine: EngineId
  readonly access: AccessConfig
  /** Life of a signed download URL. */
  readonly signedUrlTtlSeconds: number
  readonly limits: LimitsConfig
}

/** Temporal's web page, without a slash at its end, and the namespace to look at there. */
export type TemporalUiConfig = { readonly url: string; readonly namespace: string }

/** The worker side. */
export type WorkerConfig = ServerLimits & {
  readonly roles: readonly WorkerRole[]
  readonly cpuSlots: number
  readonly shutdownGraceMs: number
  readonly heartbeatThrottleMs: number
  /** Prebuilt workflow bundle; `null`: bundled from source at start. */
  readonly workflowBundlePath: string | null
}

/** What `npm start` needs for the Temporal server that it brings. */
export type LauncherConfig = {
  /** Program to use; `null`: found or made. */
  readonly temporalCliPath: string | null
  /** Absolute path, where made or downloaded programs are kept. */
  readonly cacheDirectory: string
  /** `null`: 7233, or a free one. */
  readonly temporalPort: number | null
  /** `null`: 8233, or a free one. */
  readonly temporalUiPort: number | null
}

const BYTES_PER_MIB = 1024 * 1024
const HEARTBEAT_THROTTLE_MS = 1000

/**
 * Reads the configuration; an empty variable is the same as an unset one, relative paths start at
 * the working directory.
 *
 * @throws {ConfigError} with every mistake at once
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>> = processEnvironment(),
): Config {
  const given = readVariables(env)
  const parsed = ENVIRONMENT.safeParse(given)
  if (parsed.success) return toConfig(parsed.data)
  // Of several mistakes in one variable the first: it hides the others.
  const messages = new Map<string, string>()
  for (const { path, message } of parsed.error.issues)
    if (!messages.has(String(path[0]))) messages.set(String(path[0]), message)
  throw new ConfigError([...messages].map(([name, message]) => problemLine(name, given, message)))
}

function readVariables(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const given: Record<string, string | undefined> = {}
  for (const [name, schema] of Object.entries(ENVIRONMENT.shape)) {
    const value = env[name]?.trim()
    const isUnset = value === '' && !VARIABLE_ABOUT.get(schema)?.emptyIsValue
    given[name] = isUnset ? undefined : value
  }
  return given
}

function problemLine(
  name: string,
  given: Readonly<Record<string, string | undefined>>,
  message: string,
): string {
  const schema = new Map(Object.entries(ENVIRONMENT.shape)).get(name)
  const isSecret = schema !== undefined && VARIABLE_ABOUT.get(schema)?.isSecret
  return `${name}=${isSecret ? '[redacted]' : shownValue(given[name] ?? '')}: ${message}`
}

function toConfig(env: Environment): Config {
  const dataDirectory = resolve(env.OCR_DATA_DIR)
  return {
    production: env.OCR_PRODUCTION,
    logLevel: env.OCR_LOG_LEVEL,
    dataDirectory,
    secret: env.OCR_SECRET,
    temporal: {
      address: env.TEMPORAL_ADDRESS,
      namespace: env.TEMPORAL_NAMESPACE,
      apiKey: env.TEMPORAL_API_KEY,
      tls: env.TEMPORAL_TLS ?? env.TEMPORAL_API_KEY !== null,
    },
    storage: toStorageSettings(env, join(dataDirectory, 'store')),
    retention: toRetentionRules(env),
    api: toApiConfig(env),
    webhooks: toWebhooksConfig(env),
    worker: {
      ...toServerLimits(env),
      roles: env.OCR_WORKER_ROLES === 'all' ? possibleRoles(env) : env.OCR_WORKER_ROLES,
      cpuSlots: env.OCR_CPU_SLOTS,
      shutdownGraceMs: env.OCR_SHUTDOWN_GRACE_S * 1000,
      heartbeatThrottleMs: HEARTBEAT_THROTTLE_MS,
      workflowBundlePath: resolveOrNull(env.OCR_WORKFLOW_BUNDLE),
    },
    engines: toEnginesConfig(env),
    metrics: { port: env.OCR_METRICS_PORT, sdkPort: env.OCR_SDK_METRICS_PORT },
    launcher: {
      temporalCliPath: resolveOrNull(env.TEMPORAL_CLI_PATH),
      cacheDirectory: join(resolve(env.XDG_CACHE_HOME ?? join(homedir(), '.cache')), 'durable-ocr'),
      temporalPort: env.OCR_TEMPORAL_PORT,
      temporalUiPort: env.OCR_TEMPORAL_UI_PORT,
    },
    commandLine: { serverUrl: env.OCR_SERVER, apiKey: env.OCR_API_KEY },
  }
}

function toApiConfig(env: Environment): ApiConfig {
  return {
    ...toDialectsConfig(env),
    host: env.OCR_HOST,
    port: env.OCR_PORT,
    publicUrl: env.OCR_PUBLIC_URL,
    title: env.OCR_TITLE,
    temporalUi:
      env.OCR_TEMPORAL_UI_URL === null
        ? null
        : { url: env.OCR_TEMPORAL_UI_URL, namespace: env.TEMPORAL_NAMESPACE },
    maxUploadBytes: env.OCR_MAX_UPLOAD_MB * BYTES_PER_MIB,
    maxPages: env.OCR_MAX_PAGES,
    defaultEngine: env.OCR_CPU_ENGINE,
    access: toAccessConfig(env),
    signedUrlTtlSeconds: env.OCR_SIGNED_URL_TTL_S,
    limits: toLimitsConfig(env),
  }
}

function resolveOrNull(path: string | null): string | null {
  return path === null ? null : resolve(path)
}
