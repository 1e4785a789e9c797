import { createHash, randomBytes } from 'node:crypto'
import { EXIT_CODE } from '../command-error.ts'

/** 256 bits: nobody guesses one, and its plain hash may be shown. */
const KEY_BYTES = 32

/** `durable-ocr new-key <name>`: a key for a caller, and the line of the setting that lets it in. */
export function newKey(name: string): number {
  const key = `ocr_${randomBytes(KEY_BYTES).toString('base64url')}`
  const digest = createHash('sha256').update(key).digest('hex')
  process.stdout.write(
    `Key of ${name}, shown this once:\n  ${key}\nAdd to OCR_API_KEYS of every api:\n  ${name}:${digest}\n`,
  )
  return EXIT_CODE.done
}
