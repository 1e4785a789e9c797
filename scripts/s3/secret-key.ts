import { createHmac } from 'node:crypto'
import { Secret } from '../../src/platform/secret.ts'

/**
 * The secret key of the S3 server on this machine, 64 hexadecimal digits: the same at every start.
 * It is printed for others to use, so it tells nothing of the signing secret that it is made from.
 */
export function s3SecretKey(signingSecret: Secret): Secret {
  return new Secret(createHmac('sha256', signingSecret.reveal()).update('s3 server').digest('hex'))
}
