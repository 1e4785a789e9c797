import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freePort } from '../../../scripts/temporal/ports.ts'
import { signedMessage } from '../../../src/activities/webhooks/webhook-message.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { sampleManifest } from '../../support/document-status.ts'
import { requestWith } from '../../support/gateway-fixtures.ts'
import { until } from '../../support/until.ts'
import { WEBHOOK_SECRETS } from '../../support/webhook-variable-rows.ts'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const [secret] = WEBHOOK_SECRETS

const EXAMPLES = [
  { language: 'js', file: 'receiver.mjs', program: process.execPath },
  { language: 'python', file: 'receiver.py', program: 'python3' },
] as const

async function exampleIn(language: string): Promise<string> {
  const page = await readFile(join(ROOT, 'docs', 'webhooks.md'), 'utf8')
  const code = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1]
  assert.ok(code, `docs/webhooks.md has an example in ${language}`)
  return code
}

/** A message as we send it, signed with both secrets. */
function message() {
  const manifest = sampleManifest()
  const atMs = Date.now()
  const { progress } = manifest
  const event = { type: 'document.completed', progress, atMs, giveUpAtMs: atMs + 1_000 } as const
  const secrets = WEBHOOK_SECRETS.map((text) => new Secret(text))
  return signedMessage({ request: requestWith(), manifest, event }, { secrets, publicUrl: null })
}

describe('receiver of docs/webhooks.md', () => {
  for (const { language, file, program } of EXAMPLES)
    it(`in ${language} takes our messages and refuses changed ones`, async () => {
      const directory = await mkdtemp(join(tmpdir(), 'receiver-'))
      await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
      await writeFile(join(directory, file), await exampleIn(language))
      const port = await freePort('127.0.0.1')
      const url = `http://127.0.0.1:${port}/`
      const child = spawn(program, [join(directory, file)], {
        env: { PATH: process.env['PATH'], PORT: String(port), OCR_WEBHOOK_SECRET: secret },
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let output = ''
      child.stdout.setEncoding('utf8').on('data', (piece: string) => {
        output += piece
      })
      try {
        const { headers, body } = message()
        const post = async (text: string): Promise<number | null> => {
          const answer = await fetch(url, { method: 'POST', headers, body: text }).catch(() => null)
          await answer?.body?.cancel()
          return answer?.status ?? null
        }
        await until(async () => (await post('{}')) !== null, 'it listens')

        assert.equal(await post(body), 204)
        assert.equal(await post(body.replace('completed', 'failed')), 400)
        await until(() => output.includes(headers['webhook-id'] ?? '?'), 'it has printed the id')
        assert.ok(output.includes('document.completed') && !output.includes('failed'))
      } finally {
        child.kill('SIGKILL')
        await once(child, 'close')
        await rm(directory, { recursive: true })
      }
    })
})
