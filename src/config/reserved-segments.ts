/**
 * First path segments that the main listener answers itself: none of them can be Qianxia's password.
 * A test compares them with what is mounted.
 */
export const RESERVED_SEGMENTS: readonly string[] = [
  // Qianxia's own and those of the other dialects at the root.
  'api',
  'ocr',
  'ocr-base64',
  'health',
  'healthz',
  'static',
  'login',
  'register',
  'admin',
  'main',
  'process',
  'ws',
  'docs',
  'redoc',
  'openapi.json',
  'results',
  'cleanup',
  // Prefixes.
  'pyocr',
  'dots',
  'qianxia',
  'scnet',
  'deepseek',
  // Ours.
  'v1',
  'files',
  'internal',
  'errors',
  'livez',
  'readyz',
  'version',
  'metrics',
  'assets',
  'favicon.ico',
]
