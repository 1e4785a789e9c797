import { resolve } from 'node:path'
import type { VariableRow } from './engine-variable-rows.ts'

const MIB = 1024 * 1024

/** The variables of the dialects, one good and one bad value each. */
export const DIALECT_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_COMPAT_PORTS: {
    good: '5000,8031',
    reads: (c) => c.api.compatPorts,
    as: [5000, 8031],
    bad: '5000;8031',
  },
  OCR_DIALECT_PREFIXES: {
    good: 'false',
    reads: (c) => c.api.mounts.prefixes,
    as: false,
    bad: 'no',
  },
  OCR_DIALECT_ROOTS: { good: 'false', reads: (c) => c.api.mounts.roots, as: false, bad: '0' },
  OCR_ALLOWED_URL_HOSTS: {
    good: 'files.example.com:443, [::1]:9000',
    reads: (c) => c.api.urlRules.allowedHosts,
    as: ['files.example.com:443', '[::1]:9000'],
    bad: 'files.example.com',
  },
  OCR_ALLOWED_URL_PORTS: {
    good: '58043',
    reads: (c) => c.api.urlRules.allowedPorts,
    as: [58_043],
    bad: 'https',
  },
  OCR_INTERNAL_URL: {
    good: 'http://10.0.0.7:8080',
    reads: (c) => c.api.internalUrl,
    as: 'http://10.0.0.7:8080',
    bad: 'https://ocr.example.com',
  },
  PY_OCR_STRICT_FILENAMES: {
    good: 'true',
    reads: (c) => c.api.pyOcr.strictFileNames,
    as: true,
    bad: 'yes',
  },
  PY_OCR_DOWNSCALE: { good: 'true', reads: (c) => c.api.pyOcr.downscale, as: true, bad: '1' },
  DOTS_MAX_INFLIGHT: { good: '1', reads: (c) => c.api.dots.maxInFlight, as: 1, bad: '0' },
  DOTS_PATH_ROOTS: {
    good: '/srv/scans, pictures',
    reads: (c) => c.api.dots.pathRoots,
    as: [resolve('/srv/scans'), resolve('pictures')],
    bad: '/srv/scans,,',
  },
  SCNET_API_KEYS: {
    good: 'one, two',
    reads: (c) => c.api.scnet.apiKeys.map((key) => key.reveal()),
    as: ['one', 'two'],
    bad: null,
  },
  SCNET_CODE_STYLE: {
    good: 'zero',
    reads: (c) => c.api.scnet.codeStyle,
    as: 'zero',
    bad: '0',
  },
  PASSWORD: {
    good: 'a word of mine',
    reads: (c) => c.api.qianxia.password.reveal(),
    as: 'a word of mine',
    bad: null,
  },
  PORT: { good: '54189', reads: (c) => c.api.qianxia.port, as: 54_189, bad: '99999' },
  CONCURRENCY: { good: '2', reads: (c) => c.api.qianxia.concurrency, as: 2, bad: '0' },
  MAX_RETRIES: { good: '0', reads: (c) => c.api.qianxia.maxRetries, as: 0, bad: '-1' },
  PDF_DPI: { good: '150', reads: (c) => c.api.qianxia.pdfDpi, as: 150, bad: '10' },
  BATCH_SIZE: { good: '4', reads: (c) => c.api.qianxia.batchSize, as: 4, bad: '0' },
  MAX_IMAGE_SIZE_MB: {
    good: '10',
    reads: (c) => c.api.qianxia.maxImageBytes,
    as: 10 * MIB,
    bad: '0',
  },
  MAX_PDF_SIZE_MB: {
    good: '20',
    reads: (c) => c.api.qianxia.maxPdfBytes,
    as: 20 * MIB,
    bad: '1.5',
  },
  MAX_PDF_PAGES: { good: '9', reads: (c) => c.api.qianxia.maxPdfPages, as: 9, bad: 'all' },
  QIANXIA_INSPECTION_WAIT_S: {
    good: '30',
    reads: (c) => c.api.qianxia.inspectionWaitMs,
    as: 30_000,
    bad: '-1',
  },
  TITLE: { good: 'OCR', reads: (c) => c.api.qianxia.title, as: 'OCR', bad: null },
  FAVICON_URL: {
    good: '/static/icon.png',
    reads: (c) => c.api.qianxia.faviconUrl,
    as: '/static/icon.png',
    bad: null,
  },
  BACK_URL: {
    good: 'https://back.example.com',
    reads: (c) => c.api.qianxia.backUrl,
    as: 'https://back.example.com',
    bad: 'back.example.com',
  },
  QIANXIA_REQUIRE_LOGIN: {
    good: 'true',
    reads: (c) => c.api.qianxia.requiresLogin,
    as: true,
    bad: 'on',
  },
  QIANXIA_USER_PAGES: {
    good: '0',
    reads: (c) => c.api.qianxia.userPages,
    as: 0,
    bad: 'none',
  },
}
