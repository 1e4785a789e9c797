import type { EngineId } from '../contract/engines.ts'
import type { Secret } from './secret.ts'

/** What a worker process works on. */
export const WORKER_ROLES = ['documents', 'ocr-cpu'] as const

/** One of {@link WORKER_ROLES}. */
export type WorkerRole = (typeof WORKER_ROLES)[number]

/** Everything that can be configured, with impossible combinations left out. */
export type Config = {
  readonly production: boolean
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  /** Absolute path; holds the store, the temporary files and, under `npm start`, Temporal's database. */
  readonly dataDirectory: string
  /** Signs URLs and idempotency keys; `null`: a file in the data directory, made at the first run. */
  readonly secret: Secret | null
  readonly temporal: TemporalConfig
  readonly storage: { readonly kind: 'directory'; readonly path: string }
  readonly api: ApiConfig
  readonly worker: WorkerConfig
  readonly engines: EnginesConfig
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
export type ApiConfig = {
  readonly host: string
  readonly port: number
  /** Documented ports of the dialects to open as well. */
  readonly compatPorts: readonly number[]
  /** Origin for links, such as `https://ocr.example.com`; `null`: what the client asked for. */
  readonly publicUrl: string | null
  readonly maxUploadBytes: number
  readonly maxPages: number
  readonly defaultEngine: EngineId
  /** Life of a signed download URL. */
  readonly signedUrlTtlSeconds: number
  readonly pyOcr: { readonly strictFileNames: boolean; readonly downscale: boolean }
}

/** The worker side. */
export type WorkerConfig = {
  readonly roles: readonly WorkerRole[]
  readonly cpuSlots: number
  readonly shutdownGraceMs: number
  readonly heartbeatThrottleMs: number
  /** Prebuilt workflow bundle; `null`: bundled from source at start. */
  readonly workflowBundlePath: string | null
}

/** The engines. */
export type EnginesConfig = {
  readonly cpuEngine: EngineId
  readonly fallbackEngine: EngineId | null
  /** Directory with `det.onnx`, `rec.onnx` and a dictionary; `null`: the models that npm brings. */
  readonly paddleModelsDirectory: string | null
}
