import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, relative } from 'node:path'
import { freePort } from '../../../scripts/temporal/ports.ts'
import { processesWith } from '../processes.ts'
import { ROOT } from '../source-files.ts'
import { startBlock, type BlockRun } from './block-run.ts'

/** Variable that marks every process of a copy, with the directory of the copy. */
export const MARK = 'DOCUMENTED_COMMANDS_IN'

/** The product as after `git clone` and `npm ci`, where the commands of the documents are run. */
export type ProductCopy = AsyncDisposable & {
  readonly directory: string
  /** Where its api answers, `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Starts a block of a document, its addresses replaced by those of the test. */
  start(block: string): Promise<BlockRun>
  /** Pids of all that it has started and that runs. */
  processes(): number[]
}

/** What is not in a clone. */
const NOT_CLONED = ['.git', '.env', 'node_modules', 'data', 'dist']

const PKILL = join(import.meta.dirname, 'own-pkill.ts')

/** `npm ci` was the first step of CI, and would empty the packages of the original. */
const NPM = `#!/bin/sh
[ "$1" = ci ] && exit 0
PATH="\${PATH#*:}"
exec npm "$@"
`

/**
 * Copies the product.
 *
 * @param settings Written to its `.env`, beside ports that are free
 * @param addresses What is put in place of addresses in the blocks, longest first
 */
export async function copyProduct(options: {
  readonly settings: Readonly<Record<string, string>>
  readonly addresses: Readonly<Record<string, string>>
}): Promise<ProductCopy> {
  const parent = await mkdtemp(join(tmpdir(), 'documented-commands-'))
  const directory = join(parent, 'durable-ocr')
  const port = await freePort('127.0.0.1')
  const url = `http://127.0.0.1:${port}`
  await cp(ROOT, directory, {
    recursive: true,
    filter: (path) => !NOT_CLONED.includes(relative(ROOT, path)),
  })
  await symlink(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  await writeFile(join(directory, '.env'), envFile({ OCR_PORT: String(port), ...options.settings }))
  const programs = await makePrograms(join(parent, 'programs'))
  const env = userEnvironment(programs, directory)
  const addresses = Object.entries({ ...options.addresses, 'http://127.0.0.1:8080': url })
  return {
    directory,
    url,
    start(block) {
      const code = addresses.reduce((text, [from, to]) => text.replaceAll(from, to), block)
      return startBlock(code, { cwd: directory, env, directory: parent })
    },
    processes: () => processesWith(`${MARK}=${directory}`),
    async [Symbol.asyncDispose]() {
      for (const pid of processesWith(`${MARK}=${directory}`)) process.kill(pid, 'SIGKILL')
      await rm(parent, { recursive: true, force: true })
    },
  }
}

async function makePrograms(directory: string): Promise<string> {
  await mkdir(directory)
  const pkill = `#!/bin/sh\nexec '${process.execPath}' '${PKILL}' "$@"\n`
  for (const [name, text] of Object.entries({ npm: NPM, pkill }))
    await writeFile(join(directory, name), text, { mode: 0o755 })
  return directory
}

/** That of a person who has set nothing: no setting of the product, and not our Node before theirs. */
function userEnvironment(programs: string, directory: string): Record<string, string> {
  const ofTests = /^(OCR_|TEMPORAL_ADDRESS|TEMPORAL_NAMESPACE|NODE_|npm_|INIT_CWD|PASSWORD$|PORT$)/
  const inherited = Object.entries(process.env).filter(([name]) => !ofTests.test(name))
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((part) => !/node_modules\/(\.bin|npm\/|@npmcli)|node-linux-\w+\/bin$/.test(part))
  return {
    ...Object.fromEntries(inherited.map(([name, value]) => [name, value ?? ''])),
    PATH: [programs, ...path].join(delimiter),
    NO_PROXY: '127.0.0.1',
    [MARK]: directory,
  }
}

function envFile(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}
