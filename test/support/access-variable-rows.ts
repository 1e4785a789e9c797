import type { VariableRow } from './engine-variable-rows.ts'

/** A line as `durable-ocr new-key` prints it. */
const LINE = 'scanner:7c9f2b2e0c2c8c1a3f5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3'

/** The variables of access, one good and one bad value each. */
export const ACCESS_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_API_KEYS: {
    good: LINE,
    reads: ({ api }) => api.access.apiKeys,
    as: [{ name: 'scanner', digest: Buffer.from(LINE.slice('scanner:'.length), 'hex') }],
    // What is wrong is never shown: wrong-values.test.ts.
    bad: null,
  },
  OCR_CORS_ORIGINS: {
    good: 'https://a.example.com/, http://b:8080',
    reads: ({ api }) => api.access.corsOrigins,
    as: ['https://a.example.com', 'http://b:8080'],
    bad: '*',
  },
  OCR_ALLOWED_HOSTS: {
    good: 'OCR.example.com,[::1]:8080',
    reads: ({ api }) => api.access.allowedHosts,
    as: ['ocr.example.com', '[::1]:8080'],
    bad: 'https://ocr.example.com',
  },
  OCR_TRUST_PROXY: {
    good: '10.0.0.0/8,loopback',
    reads: ({ api }) => api.access.trustProxy,
    as: ['10.0.0.0/8', 'loopback'],
    bad: 'true',
  },
  OCR_API_KEY: {
    good: 'k',
    reads: ({ commandLine }) => commandLine.apiKey?.reveal(),
    as: 'k',
    bad: null,
  },
}
