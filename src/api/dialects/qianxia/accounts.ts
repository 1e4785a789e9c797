import { randomUUID } from 'node:crypto'
import type { BlobStore } from '../../../storage/blob-store.ts'
import { accountKey, firstAccountKey } from '../../../storage/object-keys.ts'
import { readJson, writeJsonIfAbsent } from '../../../storage/read-blob.ts'
import { hashPassword, isPassword, type PasswordHash } from './password-hash.ts'

/** A user as stored: `accounts/<name>.json`. */
export type Account = {
  readonly userId: string
  /** As it was registered; names that differ in case only are one. */
  readonly username: string
  readonly isAdmin: boolean
  readonly password: PasswordHash
  readonly createdAt: string
}

/** What a user says who he is with. */
export type Credentials = { readonly username: string; readonly password: string }

// In code points, after normalization.
const USERNAME_LENGTH = { min: 3, max: 20 } as const

/** What a user may call himself; `null` for a name that cannot be one. */
export function parseUsername(text: string): string | null {
  const username = normalize(text)
  const length = Array.from(username).length
  if (length < USERNAME_LENGTH.min || length > USERNAME_LENGTH.max) return null
  // Control, format and private characters and lone surrogates make names that look like others.
  return /\p{C}/u.test(username) ? null : username
}

/**
 * Creates an account; `null` when the name is taken. The first one ever is the admin's.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`, `RATE_LIMITED`
 */
export async function createAccount(
  store: BlobStore,
  { username, password }: Credentials,
): Promise<Account | null> {
  const key = accountKey(nameOf(username))
  // Spares the hashing; the write below is what decides.
  if ((await store.head(key)) !== null) return null
  const hash = await hashPassword(password)
  const account: Account = {
    userId: randomUUID(),
    username,
    isAdmin: await isFirst(store, username),
    password: hash,
    createdAt: new Date().toISOString(),
  }
  const { created } = await writeJsonIfAbsent(store, key, account)
  return created ? account : null
}

/**
 * The account of a name and its password; `null` when one of them is wrong.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`, `RATE_LIMITED`
 */
export async function checkPassword(
  store: BlobStore,
  { username, password }: Credentials,
): Promise<Account | null> {
  const name = parseUsername(username)
  const account = name === null ? null : await readAccount(store, name)
  return (await isPassword(password, account?.password ?? null)) ? account : null
}

/**
 * Reads an account by a name that {@link parseUsername} gave; `null` when there is none.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export function readAccount(store: BlobStore, username: string): Promise<Account | null> {
  return readJson<Account>(store, accountKey(nameOf(username)))
}

/** Whether this name is the one that came first; what decides is an object of its own. */
async function isFirst(store: BlobStore, username: string): Promise<boolean> {
  const name = nameOf(username)
  const { created } = await writeJsonIfAbsent(store, firstAccountKey(), { name })
  if (created) return true
  return (await readJson<{ readonly name: string }>(store, firstAccountKey()))?.name === name
}

function normalize(text: string): string {
  return text.normalize('NFKC').trim()
}

/** What tells users apart. */
function nameOf(username: string): string {
  return normalize(username).toLowerCase()
}
