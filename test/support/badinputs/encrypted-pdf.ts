import { createCipheriv, createHash } from 'node:crypto'
import { CATALOG, HELLO, HELVETICA, pdfFile, stream } from '../pdf-kernel.ts'
import type { BadFile, Outcome } from './bad-file.ts'

type Cipher = 'RC4-40' | 'RC4-128' | 'AES-256'

type Sealed = { readonly make: (cipher: Cipher) => Buffer; readonly password?: string }

const FILE_ID = Buffer.alloc(16, 7)
// ISO 32000-1, 7.6.3.3: what passwords are filled up with.
const PADDING = Buffer.from(
  '28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a',
  'hex',
)
const PERMISSIONS = -4

/** Files that need a password, and some that only look like it. */
export function encryptedPdfs(): readonly BadFile[] {
  const ciphers: readonly Cipher[] = ['RC4-40', 'RC4-128', 'AES-256']
  const file = (name: string, want: Outcome, { make, password }: Sealed) =>
    ciphers.map((cipher) => ({
      name: `${cipher}, ${name}`,
      family: 'encrypted PDF',
      make: () => make(cipher),
      want: [want],
      ...(password === undefined ? {} : { options: { password } }),
    }))
  const locked = (cipher: Cipher): Buffer => encryptedPdf(cipher, 'user')
  return [
    ...file('with a password', 'ENCRYPTED_PDF', { make: locked }),
    ...file('with the right password', 'ok', { make: locked, password: 'user' }),
    ...file('with a wrong password', 'ENCRYPTED_PDF', { make: locked, password: 'guess' }),
    ...file('for its owner only', 'ok', { make: (cipher) => encryptedPdf(cipher, '') }),
    {
      name: 'a cipher that nobody knows',
      family: 'encrypted PDF',
      make: () => withEncryption('<</Filter/NoSuchHandler/V 9/R 9>>', [CATALOG]),
      want: ['CORRUPT_PDF', 'ENCRYPTED_PDF'],
    },
  ]
}

/** A page of text, encrypted with a user's password (ISO 32000, 7.6). */
function encryptedPdf(cipher: Cipher, password: string): Buffer {
  const { key, dictionary } = cipher === 'AES-256' ? aes256(password) : rc4Keys(cipher, password)
  const content = Buffer.from(HELLO)
  const encrypted =
    cipher === 'AES-256' ? aesEncrypt(key, content) : rc4(objectKey(key, 4), content)
  return withEncryption(dictionary, [
    CATALOG,
    '<</Type/Pages/Kids[3 0 R]/Count 1>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<${HELVETICA}>>>>`,
    stream('', encrypted),
  ])
}

function withEncryption(dictionary: string, objects: readonly (string | Buffer)[]): Buffer {
  const text = pdfFile(objects).toString('latin1')
  const id = `<${FILE_ID.toString('hex')}>`
  return Buffer.from(
    text.replace('/Root 1 0 R', `/Root 1 0 R/ID[${id}${id}]/Encrypt ${dictionary}`),
    'latin1',
  )
}

/** Algorithms 2 to 5 of ISO 32000-1; revision 2 for 40 bits, 3 for 128. */
function rc4Keys(cipher: Cipher, password: string): { key: Buffer; dictionary: string } {
  const revision = cipher === 'RC4-40' ? 2 : 3
  const keyBytes = revision === 2 ? 5 : 16
  const rounds = revision === 2 ? 0 : 50
  const hash = (data: Buffer): Buffer => {
    let digest = md5(data)
    for (let n = 0; n < rounds; n += 1) digest = md5(digest.subarray(0, keyBytes))
    return digest.subarray(0, keyBytes)
  }
  const owner = rc4Times(hash(padded('owner')), padded(password), revision)
  const permissions = Buffer.alloc(4)
  permissions.writeInt32LE(PERMISSIONS)
  const key = hash(Buffer.concat([padded(password), owner, permissions, FILE_ID]))
  const user =
    revision === 2
      ? rc4(key, PADDING)
      : Buffer.concat([
          rc4Times(key, md5(Buffer.concat([PADDING, FILE_ID])), revision),
          Buffer.alloc(16),
        ])
  const version = revision === 2 ? '/V 1/R 2' : '/V 2/R 3/Length 128'
  return {
    key,
    dictionary: `<</Filter/Standard${version}/O ${hex(owner)}/U ${hex(user)}/P ${PERMISSIONS}>>`,
  }
}

/** Adobe's extension level 3: revision 5. */
function aes256(password: string): { key: Buffer; dictionary: string } {
  const key = Buffer.alloc(32, 0x5a)
  const [validation, keySalt] = [Buffer.alloc(8, 1), Buffer.alloc(8, 2)]
  const sealed = (words: Buffer): { hash: Buffer; wrapped: Buffer } => ({
    hash: Buffer.concat([sha256(Buffer.concat([words, validation])), validation, keySalt]),
    wrapped: aesCbc(sha256(Buffer.concat([words, keySalt])), key),
  })
  const user = sealed(Buffer.from(password))
  const ownerWords = Buffer.from('owner')
  const owner = {
    hash: Buffer.concat([
      sha256(Buffer.concat([ownerWords, validation, user.hash])),
      validation,
      keySalt,
    ]),
    wrapped: aesCbc(sha256(Buffer.concat([ownerWords, keySalt, user.hash])), key),
  }
  const entries = [
    '/Filter/Standard/V 5/R 5/Length 256/StmF/StdCF/StrF/StdCF',
    '/CF<</StdCF<</AuthEvent/DocOpen/CFM/AESV3/Length 32>>>>',
    `/U ${hex(user.hash)}/UE ${hex(user.wrapped)}/O ${hex(owner.hash)}/OE ${hex(owner.wrapped)}`,
    `/Perms ${hex(Buffer.alloc(16))}/P ${PERMISSIONS}`,
  ]
  return { key, dictionary: `<<${entries.join('')}>>` }
}

function objectKey(key: Buffer, objectNumber: number): Buffer {
  const number = Buffer.from([objectNumber, 0, 0, 0, 0])
  return md5(Buffer.concat([key, number])).subarray(0, Math.min(16, key.length + 5))
}

function rc4Times(key: Buffer, data: Buffer, revision: number): Buffer {
  let result = data
  for (let n = 0; n < (revision === 2 ? 1 : 20); n += 1)
    result = rc4(Buffer.from(key.map((byte) => byte ^ n)), result)
  return result
}

// By hand: today's OpenSSL has it no more.
function rc4(key: Buffer, data: Buffer): Buffer {
  const state = Array.from({ length: 256 }, (_, n) => n)
  const at = (index: number): number => state[index & 255] ?? 0
  const swap = (a: number, b: number): void => {
    const [first, second] = [at(a), at(b)]
    state[a & 255] = second
    state[b & 255] = first
  }
  for (let i = 0, j = 0; i < 256; i += 1) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255
    swap(i, j)
  }
  let [i, j] = [0, 0]
  return Buffer.from(
    data.map((byte) => {
      i = (i + 1) & 255
      j = (j + at(i)) & 255
      swap(i, j)
      return byte ^ at(at(i) + at(j))
    }),
  )
}

function aesEncrypt(key: Buffer, data: Buffer): Buffer {
  const vector = Buffer.alloc(16, 3)
  const cipher = createCipheriv('aes-256-cbc', key, vector)
  return Buffer.concat([vector, cipher.update(data), cipher.final()])
}

function aesCbc(key: Buffer, data: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-cbc', key, Buffer.alloc(16)).setAutoPadding(false)
  return Buffer.concat([cipher.update(data), cipher.final()])
}

function padded(password: string): Buffer {
  return Buffer.concat([Buffer.from(password), PADDING]).subarray(0, 32)
}

function md5(data: Buffer): Buffer {
  return createHash('md5').update(data).digest()
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

function hex(data: Buffer): string {
  return `<${data.toString('hex')}>`
}
