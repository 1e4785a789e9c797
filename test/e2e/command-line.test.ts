import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import sharp from 'sharp'
import { startCli, type CliEnd } from '../support/cli-run.ts'
import { markedDocument } from '../support/marked-document.ts'
import { markedPage } from '../support/marked-page.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { statusOf, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

let stack: Stack
let directory: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cli-'))
  stack = await startStack({ stubDelayMs: 20 })
})
after(async () => {
  await stack[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

const start = (args: readonly string[], stdin?: Uint8Array) =>
  startCli(args, {
    cwd: directory,
    env: { OCR_SERVER: stack.url },
    ...(stdin === undefined ? {} : { stdin }),
  })

const run = (args: readonly string[], stdin?: Uint8Array): Promise<CliEnd> =>
  start(args, stdin).ended

type Line = {
  readonly event: string
  readonly input: string
  readonly id: string
  readonly page?: number
  readonly content?: unknown
}

const linesOf = (stdout: string): Line[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

async function makeFolder(name: string, files: Readonly<Record<string, Uint8Array>>) {
  await mkdir(join(directory, name), { recursive: true })
  for (const [file, bytes] of Object.entries(files))
    await writeFile(join(directory, name, file), bytes)
}

async function mixedFiles(): Promise<Record<string, Uint8Array>> {
  const image = sharp((await markedPage(7)).png).resize(400)
  const [png, jpeg, tiff, webp, gif] = await Promise.all([
    image.clone().png().toBuffer(),
    image.clone().jpeg().toBuffer(),
    image.clone().tiff().toBuffer(),
    image.clone().webp().toBuffer(),
    image.clone().gif().toBuffer(),
  ])
  return {
    'a.pdf': markedDocument(1),
    'b.PDF': markedDocument(3),
    '第一章.pdf': markedDocument(2),
    'scan.png': png,
    'scan.jpg': jpeg,
    'two words.jpeg': jpeg,
    'fax.tif': tiff,
    'fax.tiff': tiff,
    'web.webp': webp,
    'picture.gif': gif,
    'page-2.png': png,
    'corrupt.pdf': Buffer.from('%PDF-1.7\nnothing of a PDF follows\n%%EOF\n'),
    'notes.txt': Buffer.from('no document'),
    '.hidden.pdf': markedDocument(1),
  }
}

describe('durable-ocr <input…>', () => {
  it('reads a folder of twelve files, one of them damaged: eleven results, one error, 1', async () => {
    await makeFolder('mixed', await mixedFiles())

    const { exitCode, stdout, stderr } = await run(['mixed', '-o', 'results', '--format', 'text'])

    assert.equal(exitCode, 1, stderr)
    assert.equal(stdout, '')
    const results = await readdir(join(directory, 'results'))
    assert.equal(results.length, 11, results.join())
    for (const name of ['a.pdf.txt', 'b.PDF.txt', '第一章.pdf.txt', 'two words.jpeg.txt'])
      assert.match(await readFile(join(directory, 'results', name), 'utf8'), /stub page/)
    const errors = stderr.split('\n').filter((line) => line.includes('failed:'))
    assert.deepEqual(errors, [
      'mixed/corrupt.pdf: failed: PDF is damaged (CORRUPT_PDF); if a viewer opens it, print it to a new PDF and send that',
    ])
    assert.match(stderr, /^1 file left out: neither PDF nor image$/m)
    assert.match(stderr, /^11 done, 1 failed$/m)
  })

  it('writes the Markdown of one file to stdout and nothing else, and progress to stderr', async () => {
    await makeFolder('one', { 'two.pdf': markedDocument(2) })

    const { exitCode, stdout, stderr } = await run(['one/two.pdf', '--pages', '2'])

    assert.equal(exitCode, 0, stderr)
    assert.equal(stdout.trim(), 'stub page 2')
    assert.match(stderr, /^one\/two\.pdf: done, 1 page$/m)
  })

  it('reads stdin, and tells everything in JSON lines', async () => {
    const { exitCode, stdout, stderr } = await run(['-', '--json'], markedDocument(2))

    assert.equal(exitCode, 0, stderr)
    const lines = linesOf(stdout)
    assert.equal(lines[0]?.event, 'submitted')
    const pages = lines.filter(({ event }) => event === 'page').map(({ page }) => page ?? 0)
    assert.deepEqual(new Set(pages), new Set([1, 2]))
    const last = lines.at(-1)
    assert.equal(last?.event, 'result')
    assert.match(String(last?.content), /stub page 1[\s\S]*stub page 2/)
  })

  it('never overwrites a result without --force', async () => {
    await makeFolder('again', { 'a.pdf': markedDocument(1), 'a.pdf.md': Buffer.from('mine') })

    const refused = await run(['again'])
    const kept = await readFile(join(directory, 'again', 'a.pdf.md'), 'utf8')
    const forced = await run(['again', '--force'])

    assert.equal(refused.exitCode, 1)
    assert.match(
      refused.stderr,
      /a\.pdf: failed: again\/a\.pdf\.md exists already; --force replaces it/,
    )
    assert.equal(kept, 'mine')
    assert.equal(forced.exitCode, 0, forced.stderr)
    assert.match(await readFile(join(directory, 'again', 'a.pdf.md'), 'utf8'), /stub page 1/)
  })

  it('shows what the server says of a file that it refuses', async () => {
    await makeFolder('odd', { 'letter.docx': Buffer.from('PK\u0003\u0004') })

    const { exitCode, stderr } = await run(['odd/letter.docx'])

    assert.equal(exitCode, 1)
    assert.match(
      stderr,
      /File type is not supported: Accepted are PDF, PNG, .* \(UNSUPPORTED_FILE_TYPE\)/,
    )
  })

  it('cancels on the server at Ctrl-C, and ends with 130', async () => {
    await makeFolder('long', { 'long.pdf': markedDocument(400) })
    const running = start(['long/long.pdf', '--json'])
    await until(() => running.stdout().includes('"page"'), 'a page was read', 60_000)
    const id = linesOf(running.stdout())[0]?.id ?? ''

    running.child.kill('SIGINT')
    const { exitCode, stdout, stderr } = await running.ended

    assert.equal(exitCode, 130, stderr)
    assert.equal(linesOf(stdout).at(-1)?.event, 'cancelled')
    assert.equal((await waitForEnd(stack.url, id)).status, 'cancelled')
  })

  it('reads what appears in a watched folder, and what changes, until Ctrl-C', async () => {
    await makeFolder('inbox', { 'first.pdf': markedDocument(1) })
    const watching = start(['inbox', '--watch', '-o', 'outbox'])
    const seen = (text: string) => until(() => watching.stderr().includes(text), text, 60_000)

    await seen('first.pdf: done, 1 page')
    await makeFolder('inbox', { 'second.pdf': markedDocument(2) })
    await seen('second.pdf: done, 2 pages')
    await makeFolder('inbox', { 'first.pdf': markedDocument(3) })
    await seen('first.pdf: done, 3 pages')
    watching.child.kill('SIGINT')
    const { exitCode } = await watching.ended

    assert.equal(exitCode, 130)
    assert.deepEqual((await readdir(join(directory, 'outbox'))).toSorted(), [
      'first.pdf.md',
      'second.pdf.md',
    ])
    assert.match(await readFile(join(directory, 'outbox', 'first.pdf.md'), 'utf8'), /page 3/)
  })
})

describe('durable-ocr status, list, result, cancel', () => {
  it('asks about documents that are there already', async () => {
    await makeFolder('known', { 'known.pdf': markedDocument(2), 'slow.pdf': markedDocument(300) })
    const read = await run(['known/known.pdf', '--json'])
    const id = linesOf(read.stdout)[0]?.id ?? ''
    const running = start(['known/slow.pdf', '--json'])
    await until(() => running.stdout().includes('"submitted"'), 'it was sent', 60_000)
    const slowId = linesOf(running.stdout())[0]?.id ?? ''

    const status = await run(['status', id])
    const waited = await run(['status', id, '--watch', '--json'])
    const list = await run(['list', '--limit', '1000', '--json'])
    const result = await run(['result', id, '--format', 'json', '-o', 'known/'])
    const cancelled = await run(['cancel', slowId, id])
    const slow = await running.ended

    assert.match(status.stdout, /^status {4}completed$/m)
    assert.match(status.stdout, /^pages {5}2 of 2 pages done$/m)
    assert.equal(waited.exitCode, 0)
    assert.equal(linesOf(waited.stdout).at(-1)?.event, 'document')
    assert.ok(linesOf(list.stdout).some((line) => line.id === id))
    assert.equal(result.exitCode, 0, result.stderr)
    const written = await readFile(join(directory, 'known', 'known.pdf.json'), 'utf8')
    assert.match(written, /stub page 2/)
    assert.equal(cancelled.exitCode, 1)
    assert.match(cancelled.stdout, new RegExp(`^${slowId}: cancell`))
    assert.match(cancelled.stderr, new RegExp(`^${id}: not cancelled: Document has already ended`))
    assert.equal(slow.exitCode, 1)
    assert.equal((await statusOf(stack.url, slowId)).status, 'cancelled')
  })

  it('says in one sentence what the server does not know, and that there is no server', async () => {
    const nobody = '550e8400-e29b-41d4-a716-446655440000'

    const unknown = await run(['status', nobody])
    const unreachable = await run(['list', '--server', 'http://127.0.0.1:1'])

    assert.deepEqual(
      [unknown.exitCode, unknown.stderr],
      [1, 'durable-ocr: Document does not exist\n'],
    )
    assert.equal(unreachable.exitCode, 1)
    assert.match(
      unreachable.stderr,
      /^durable-ocr: Cannot use http:\/\/127\.0\.0\.1:1: no answer from the server \(.*\); correct --server .*\n$/,
    )
  })
})
