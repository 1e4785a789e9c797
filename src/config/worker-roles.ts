/** What a worker process can work on: names as in `OCR_WORKER_ROLES`. */
export const WORKER_ROLES = [
  'documents',
  'ocr-cpu',
  'ocr-remote',
  'ocr-gpu-dots',
  'ocr-gpu-deepseek',
] as const

/** One of {@link WORKER_ROLES}. */
export type WorkerRole = (typeof WORKER_ROLES)[number]
