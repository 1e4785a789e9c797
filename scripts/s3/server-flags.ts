import type { Secret } from '../../src/platform/secret.ts'

/** What an S3 server needs to start. */
export type S3ServerFlags = {
  /** On 127.0.0.1. */
  readonly port: number
  /** Holds a directory per bucket; on a file system that knows extended attributes. */
  readonly directory: string
}

/** Path that answers 200 once the server can be used. */
export const S3_HEALTH_PATH = '/health'

/** Arguments of versitygw for a server on this machine. */
export function s3ServerArguments({ port, directory }: S3ServerFlags): string[] {
  const address = ['--port', `127.0.0.1:${port}`]
  return [...address, '--keep-alive', '--quiet', '--health', S3_HEALTH_PATH, 'posix', directory]
}

/** Environment of versitygw: who may do everything. */
export function s3ServerEnvironment(
  accessKey: string,
  secretKey: Secret,
): Readonly<Record<string, string>> {
  return { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey.reveal() }
}
