import assert from 'node:assert/strict'
import { copyFile, mkdtempDisposable, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { freePort } from '../../scripts/temporal/ports.ts'
import { startCli } from '../support/cli-run.ts'
import { commandLine, processesWith } from '../support/processes.ts'
import { until } from '../support/until.ts'

const SAMPLE = join(import.meta.dirname, '..', '..', 'samples', 'sample.pdf')

/** The command in a folder of its own where no server runs; its processes are known by `mark`. */
async function start(
  args: readonly string[],
  {
    files = ['a.pdf'],
    settings = {},
  }: { files?: string[]; settings?: Record<string, string> } = {},
) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'embedded-'))
  const { path } = directory
  for (const file of files) await copyFile(SAMPLE, join(path, file))
  const port = await freePort('127.0.0.1')
  const env = {
    OCR_PORT: String(port),
    TMPDIR: path,
    OCR_PUBLIC_URL: `http://test-${port}`,
    ...settings,
  }
  const mark = `OCR_PUBLIC_URL=http://test-${port}`
  return {
    path,
    run: startCli(args, { cwd: path, env }),
    processes: () => processesWith(mark),
    [Symbol.asyncDispose]: async () => {
      for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL')
      await directory[Symbol.asyncDispose]()
    },
  }
}

describe('durable-ocr without a server', () => {
  it('starts one, reads with it, and leaves no process and no file', async () => {
    await using started = await start(['a.pdf'])

    const { exitCode, stdout, stderr } = await started.run.ended

    assert.equal(exitCode, 0, stderr)
    assert.match(stdout, /每一份上传的文档/)
    assert.deepEqual(started.processes(), [])
    assert.deepEqual(await readdir(started.path), ['a.pdf'])
  })

  it('keeps away from the store and the Temporal of the deployment whose settings it finds', async () => {
    const settings = {
      // Nobody answers there.
      OCR_S3_ENDPOINT: 'http://127.0.0.1:9',
      OCR_S3_BUCKET: 'documents',
      OCR_S3_ACCESS_KEY: 'access-key',
      OCR_S3_SECRET_KEY: 'secret-key-of-the-deployment',
      TEMPORAL_ADDRESS: '127.0.0.1:9',
      TEMPORAL_API_KEY: 'api-key-of-the-deployment',
      TEMPORAL_NAMESPACE: 'production',
      OCR_API_KEYS: `nightly:${'0'.repeat(64)}`,
      OCR_RATE_LIMIT_SUBMITS: '1',
    }
    const files = ['a.pdf', 'b.pdf', 'c.pdf']
    await using started = await start([...files, '-o', 'out'], { files, settings })

    const { exitCode, stderr } = await started.run.ended

    assert.equal(exitCode, 0, stderr)
    assert.deepEqual(await readdir(join(started.path, 'out')), ['a.pdf.md', 'b.pdf.md', 'c.pdf.md'])
  })

  it('leaves no process when it is killed', async () => {
    await using started = await start(['a.pdf', '--json'])
    await until(() => started.run.stdout().includes('submitted'), 'it was sent', 120_000)
    const cli = started.processes().find((pid) => /cli\/main\.ts/.test(commandLine(pid)))

    process.kill(cli ?? 0, 'SIGKILL')
    const { exitCode } = await started.run.ended

    assert.equal(exitCode, 137)
    await until(() => started.processes().length === 0, 'nothing was left', 30_000)
  })
})

describe('durable-ocr serve', () => {
  it('runs everything until SIGTERM', async () => {
    await using started = await start(['serve'])
    await until(() => started.run.stdout().includes('Try it'), 'everything was ready', 120_000)

    started.run.child.kill('SIGTERM')
    const { exitCode } = await started.run.ended

    assert.equal(exitCode, 0)
    assert.deepEqual(started.processes(), [])
    assert.ok((await readdir(started.path)).includes('data'))
    assert.match(await readFile(join(started.path, 'a.pdf'), 'latin1'), /^%PDF/)
  })
})
