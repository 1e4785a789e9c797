import type { ApiConfig } from '../../src/config/config.ts'
import type { LimitsConfig } from '../../src/config/limits-config.ts'
import { Secret } from '../../src/platform/secret.ts'

/** Nothing is limited: what a test is about may be asked as often as it likes. */
export const NO_LIMITS: LimitsConfig = {
  submitsPerMinute: null,
  requestsPerMinute: null,
  maxOpenDocuments: null,
  maxQueuedPages: null,
  minFreeDiskBytes: null,
  quotaBytes: null,
}

/** An api configuration as a laptop has it, with small limits and no documented ports. */
export function testApiConfig(changes: Partial<ApiConfig> = {}): ApiConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    compatPorts: [],
    publicUrl: null,
    title: 'durable-ocr',
    temporalUi: null,
    maxUploadBytes: 100_000,
    maxPages: 5_000,
    defaultEngine: 'paddle',
    signedUrlTtlSeconds: 900,
    limits: NO_LIMITS,
    access: { apiKeys: [], corsOrigins: [], allowedHosts: [], trustProxy: false },
    mounts: { prefixes: true, roots: true },
    internalUrl: null,
    urlRules: { allowedHosts: [], allowedPorts: [] },
    pyOcr: { strictFileNames: false, downscale: false },
    dots: { maxInFlight: null, pathRoots: [] },
    qianxia: {
      password: new Secret('pwd'),
      port: 0,
      requiresLogin: false,
      userPages: 1_000_000,
      concurrency: 5,
      maxRetries: 5,
      pdfDpi: 200,
      batchSize: 8,
      maxImageBytes: 60_000,
      maxPdfBytes: 80_000,
      maxPdfPages: 500,
      inspectionWaitMs: 10_000,
      title: '呱呱的oai图转文',
      faviconUrl: '/static/favicon.ico',
      backUrl: '',
    },
    scnet: { apiKeys: [], codeStyle: 'doc' },
    ...changes,
  }
}
