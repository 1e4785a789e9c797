/*
 * Runs an S3 server (versitygw) over `s3` in the data directory until SIGINT or SIGTERM, and prints
 * the settings that durable-ocr uses it with. With `--install` it only makes sure that the program
 * is there: the step that may take minutes.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { exitOnConfigError } from '../src/config/config-error.ts'
import { loadConfig } from '../src/config/config.ts'
import { loadSigningSecret } from '../src/config/signing-secret.ts'
import { findS3Server } from './s3/find-server.ts'
import { s3SecretKey } from './s3/secret-key.ts'
import { s3ServerArguments, s3ServerEnvironment } from './s3/server-flags.ts'
import { choosePort } from './temporal/ports.ts'

const USUAL_PORT = 7070
const ACCESS_KEY = 'durable-ocr'

// With a handler, the exit listeners run, which end a build that is under way.
process.once('SIGINT', () => process.exit(130))
process.once('SIGTERM', () => process.exit(143))

const config = exitOnConfigError(() => loadConfig())
const say = (line: string): void => console.error(line)
const { cacheDirectory } = config.launcher
const program = await findS3Server({ cacheDirectory, mayBuild: true, say })
if (program === null) process.exitCode = 1
else if (process.argv.includes('--install')) console.log(program)
else process.exitCode = await serve(program)

async function serve(path: string): Promise<number> {
  const directory = join(config.dataDirectory, 's3')
  await mkdir(directory, { recursive: true })
  const port = await choosePort({
    configured: null,
    usual: USUAL_PORT,
    variable: 'OCR_S3_ENDPOINT',
  })
  const secretKey = s3SecretKey(await loadSigningSecret(config))
  const server = spawn(path, s3ServerArguments({ port, directory }), {
    env: { ...process.env, ...s3ServerEnvironment(ACCESS_KEY, secretKey) },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.once('exit', () => server.kill('SIGTERM'))
  const endpoint = `http://127.0.0.1:${port}`
  console.log(
    [
      `OCR_S3_ENDPOINT=${endpoint}`,
      'OCR_S3_BUCKET=ocr',
      `OCR_S3_ACCESS_KEY=${ACCESS_KEY}`,
      `OCR_S3_SECRET_KEY=${secretKey.reveal()}`,
      `OCR_S3_PUBLIC_URL=${endpoint}`,
    ].join('\n'),
  )
  const [exitCode] = await once(server, 'exit')
  return typeof exitCode === 'number' ? exitCode : 1
}
