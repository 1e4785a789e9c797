import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto'
import { OcrError } from '../../../platform/errors.ts'

/** A password as it is stored; bytes are base64. */
export type PasswordHash = {
  readonly algorithm: 'scrypt'
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
  readonly salt: string
  readonly hash: string
}

// OWASP's password storage cheat sheet (2024) for scrypt; 32 MiB and some 250 ms each.
const COST = { cost: 2 ** 15, blockSize: 8, parallelization: 3 } as const
const MAX_MEMORY_BYTES = 64 * 1024 * 1024
const HASH_BYTES = 32
const SALT_BYTES = 16

// Hashing shares libuv's four threads with the file system, so half of them stay free.
const MAX_AT_ONCE = 2
// Two seconds of work; whoever comes later is told to try again.
const MAX_WAITING = 16

let running = 0
const waiting: (() => void)[] = []

/**
 * Hashes a password with a salt of its own.
 *
 * @throws {OcrError} `RATE_LIMITED` when too many others are being hashed
 */
export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES)
  const hash = await derive(password, salt, COST)
  return {
    algorithm: 'scrypt',
    ...COST,
    salt: salt.toString('base64'),
    hash: hash.toString('base64'),
  }
}

/**
 * Tells whether a password is the one that was hashed. `null`, for an account that does not exist,
 * takes as long and is never it, so that nobody learns from the time which names exist.
 *
 * @throws {OcrError} `RATE_LIMITED` when too many others are being hashed
 */
export async function isPassword(password: string, stored: PasswordHash | null): Promise<boolean> {
  const salt = stored === null ? randomBytes(SALT_BYTES) : Buffer.from(stored.salt, 'base64')
  const hash = await derive(password, salt, stored ?? COST)
  return stored !== null && timingSafeEqual(hash, Buffer.from(stored.hash, 'base64'))
}

async function derive(
  password: string,
  salt: Buffer,
  { cost, blockSize, parallelization }: ScryptOptions,
): Promise<Buffer> {
  await takeSlot()
  try {
    return await new Promise((resolve, reject) => {
      const options = { cost, blockSize, parallelization, maxmem: MAX_MEMORY_BYTES }
      scrypt(password, salt, HASH_BYTES, options, (error, key) => {
        if (error === null) resolve(key)
        else reject(error)
      })
    })
  } finally {
    // Whoever waits longest gets the slot, without it being free in between.
    const next = waiting.shift()
    if (next === undefined) running -= 1
    else next()
  }
}

function takeSlot(): Promise<void> {
  if (running < MAX_AT_ONCE) {
    running += 1
    return Promise.resolve()
  }
  if (waiting.length >= MAX_WAITING)
    throw new OcrError('RATE_LIMITED', 'Cannot hash a password: too many are being hashed')
  return new Promise((resolve) => waiting.push(resolve))
}
