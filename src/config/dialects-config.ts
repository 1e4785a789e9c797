import type { z } from 'zod'
import type { UrlRules } from '../platform/safe-fetch/url-rules.ts'
import type { Secret } from '../platform/secret.ts'
import type { DIALECT_VARIABLES } from './environment-dialects.ts'

/** Where the dialects are reached, and what each has of its own. */
export type DialectsConfig = {
  /** Documented ports to open as well. */
  readonly compatPorts: readonly number[]
  /** Where the dialects are reached on the main port. */
  readonly mounts: { readonly prefixes: boolean; readonly roots: boolean }
  /** `http://host:port` that workers reach this process at; `null`: its own main port on loopback. */
  readonly internalUrl: string | null
  /** What may be fetched for strangers. */
  readonly urlRules: UrlRules
  readonly pyOcr: { readonly strictFileNames: boolean; readonly downscale: boolean }
  readonly dots: DotsDialectConfig
  readonly qianxia: QianxiaConfig
  readonly scnet: ScnetConfig
}

/** The dots dialect. */
export type DotsDialectConfig = {
  /** Requests at once; `null`: the slots of all ready workers. */
  readonly maxInFlight: number | null
  /** Absolute; files below may be named by path. Empty: none. */
  readonly pathRoots: readonly string[]
}

/** The Qianxia dialect; limits as its document names them. */
export type QianxiaConfig = {
  /** Path segment; empty: the routes stand at the root. */
  readonly password: Secret
  readonly port: number
  readonly requiresLogin: boolean
  /** Pages of every user but the first. */
  readonly userPages: number
  readonly concurrency: number
  readonly maxRetries: number
  readonly pdfDpi: number
  readonly batchSize: number
  readonly maxImageBytes: number
  readonly maxPdfBytes: number
  readonly maxPdfPages: number
  readonly inspectionWaitMs: number
  readonly title: string
  readonly faviconUrl: string
  /** Empty: none. */
  readonly backUrl: string
}

/** The SCNet dialect. */
export type ScnetConfig = {
  /** Empty: any non-empty token is accepted. */
  readonly apiKeys: readonly Secret[]
  readonly codeStyle: 'doc' | 'zero'
}

/** Qianxia's documented port. */
export const QIANXIA_PORT = 54_188

type DialectEnvironment = z.output<z.ZodObject<typeof DIALECT_VARIABLES>> & {
  readonly OCR_PORT: number
}

const BYTES_PER_MIB = 1024 * 1024

/** Reads what the dialects need. */
export function toDialectsConfig(env: DialectEnvironment): DialectsConfig {
  return {
    // The main port serves every dialect anyway.
    compatPorts: env.OCR_COMPAT_PORTS.filter((port) => portOf(env, port) !== env.OCR_PORT),
    mounts: { prefixes: env.OCR_DIALECT_PREFIXES, roots: env.OCR_DIALECT_ROOTS },
    internalUrl: env.OCR_INTERNAL_URL,
    urlRules: {
      allowedHosts: env.OCR_ALLOWED_URL_HOSTS,
      allowedPorts: env.OCR_ALLOWED_URL_PORTS,
    },
    pyOcr: {
      strictFileNames: env.PY_OCR_STRICT_FILENAMES,
      downscale: env.PY_OCR_DOWNSCALE,
    },
    dots: { maxInFlight: env.DOTS_MAX_INFLIGHT, pathRoots: env.DOTS_PATH_ROOTS },
    qianxia: toQianxiaConfig(env),
    scnet: { apiKeys: env.SCNET_API_KEYS, codeStyle: env.SCNET_CODE_STYLE },
  }
}

/** Where a documented port is opened: Qianxia's has a variable of its own. */
function portOf(env: DialectEnvironment, documented: number): number {
  return documented === QIANXIA_PORT ? env.PORT : documented
}

function toQianxiaConfig(env: DialectEnvironment): QianxiaConfig {
  return {
    password: env.PASSWORD,
    port: env.PORT,
    requiresLogin: env.QIANXIA_REQUIRE_LOGIN,
    userPages: env.QIANXIA_USER_PAGES,
    concurrency: env.CONCURRENCY,
    maxRetries: env.MAX_RETRIES,
    pdfDpi: env.PDF_DPI,
    batchSize: env.BATCH_SIZE,
    maxImageBytes: env.MAX_IMAGE_SIZE_MB * BYTES_PER_MIB,
    maxPdfBytes: env.MAX_PDF_SIZE_MB * BYTES_PER_MIB,
    maxPdfPages: env.MAX_PDF_PAGES,
    inspectionWaitMs: env.QIANXIA_INSPECTION_WAIT_S * 1000,
    title: env.TITLE,
    faviconUrl: env.FAVICON_URL,
    backUrl: env.BACK_URL,
  }
}
