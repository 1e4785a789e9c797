import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtempDisposable, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { describe, it } from 'node:test'

const ROOT = join(import.meta.dirname, '..', '..', '..')
const LAUNCHER = join(ROOT, 'bin', 'durable-ocr.cjs')

/** Makes the launcher believe that an old Node runs it. */
const OLD_NODE = "Object.defineProperty(process, 'version', { value: 'v12.22.12' })\n"

type Ended = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

/** A copy of the launcher with a program of the test in place of ours, and no package installed. */
async function copyLauncher(program: string) {
  const directory = await mkdtempDisposable(join(tmpdir(), 'launcher-'))
  const { path } = directory
  await mkdir(join(path, 'bin'))
  await mkdir(join(path, 'src', 'cli'), { recursive: true })
  await copyFile(LAUNCHER, join(path, 'bin', 'durable-ocr.cjs'))
  await writeFile(join(path, 'old-node.cjs'), OLD_NODE)
  await writeFile(join(path, 'src', 'cli', 'main.ts'), program)
  return {
    path,
    args: ['--require', join(path, 'old-node.cjs'), join(path, 'bin', 'durable-ocr.cjs')],
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  }
}

function start(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(process.execPath, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const ended = once(child, 'close').then(([exitCode]): Ended => ({
    // The first argument of `close` is the exit code.
    exitCode: exitCode as number | null,
    stdout,
    stderr,
  }))
  return { child, ended, output: () => stdout }
}

describe('bin/durable-ocr.cjs', () => {
  it('uses nothing that Node 12 cannot read', async () => {
    const text = (await readFile(LAUNCHER, 'utf8')).replace(/\/\*[\s\S]*?\*\//g, '')

    assert.doesNotMatch(text, /\?\.|\?\?|=>|\bimport\b|\bawait\b|require\('node:/)
  })

  it('says in one sentence that there is no Node 24', async () => {
    await using copy = await copyLauncher('')

    const { exitCode, stdout, stderr } = await start(copy.args, { PATH: '' }, copy.path).ended

    assert.equal(exitCode, 78)
    assert.equal(stdout, '')
    assert.match(stderr, /^durable-ocr needs Node 24 or newer; this is v12\.22\.12\. .*\n$/)
    assert.equal(stderr.split('\n').length, 2)
  })

  it('finds a newer Node on PATH, and passes arguments, .env and the exit code', async () => {
    await using copy = await copyLauncher(
      `type Words = readonly string[]
       const words: Words = process.argv.slice(2)
       console.log(JSON.stringify([process.version, words, process.env.COLOUR]))
       process.exitCode = 7`,
    )
    await writeFile(join(copy.path, '.env'), 'COLOUR=blue\n')
    const env = { PATH: ['/nowhere', dirname(process.execPath)].join(delimiter) }

    const ended = await start([...copy.args, '--some', 'a b'], env, copy.path).ended

    assert.deepEqual(JSON.parse(ended.stdout), [process.version, ['--some', 'a b'], 'blue'])
    assert.equal(ended.exitCode, 7)
    assert.equal(ended.stderr, '')
  })

  it('finds the Node that npm ci brings', async () => {
    await using copy = await copyLauncher('console.log(process.version)')
    const name = `node-${process.platform}-${process.arch}`
    const binary = join(copy.path, 'node_modules', name, 'bin', 'node')
    await mkdir(dirname(binary), { recursive: true })
    const script = `#!/bin/sh\nexec '${process.execPath}' "$@"\n`
    await writeFile(binary, script, { mode: 0o755 })

    const ended = await start(copy.args, { PATH: '' }, copy.path).ended

    assert.deepEqual([ended.stdout, ended.exitCode], [`${process.version}\n`, 0])
  })

  it('passes signals on and ends as the program ends', async () => {
    await using copy = await copyLauncher(
      `process.on('SIGTERM', () => { console.log('bye'); process.exit(5) })
       setInterval(() => undefined, 1000)
       console.log('ready')`,
    )
    const env = { PATH: dirname(process.execPath) }
    const running = start(copy.args, env, copy.path)
    await once(running.child.stdout, 'data')

    running.child.kill('SIGTERM')
    const ended = await running.ended

    assert.deepEqual([ended.stdout, ended.exitCode], ['ready\nbye\n', 5])
  })
})
