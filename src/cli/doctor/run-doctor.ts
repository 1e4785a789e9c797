import { randomBytes } from 'node:crypto'
import { CONFIG_EXIT_CODE, ConfigError } from '../../config/config-error.ts'
import { loadConfig, type Config } from '../../config/config.ts'
import { createBlobStore } from '../../storage/create-blob-store.ts'
import { failed, ok, type Finding } from './check.ts'
import { checkEngines } from './check-engines.ts'
import { checkGpuWorkers } from './check-gpu-workers.ts'
import { checkNode } from './check-node.ts'
import { checkStore } from './check-store.ts'
import { checkTemporal } from './check-temporal.ts'
import { findingLine } from './finding-line.ts'

/** How and where to print. */
export type DoctorOptions = {
  readonly isJson: boolean
  readonly out: { write(text: string): unknown; readonly isTTY?: boolean }
}

/**
 * Looks at everything that durable-ocr needs and prints what it finds, a line each, as it comes.
 *
 * @returns exit code: 0 all needed things work, 1 one does not, 78 the configuration is wrong
 */
export async function runDoctor({ isJson, out }: DoctorOptions): Promise<number> {
  const findings: Finding[] = []
  const tell = (found: readonly Finding[]): void => {
    findings.push(...found)
    if (!isJson) for (const finding of found) out.write(`${findingLine(finding, out.isTTY)}\n`)
  }
  tell([checkNode()])
  const config = readConfig()
  tell(config.findings)
  if (config.value !== null) for (const found of startChecks(config.value)) tell(await found)
  const exitCode = exitCodeOf(findings, config.value)
  if (isJson) out.write(`${JSON.stringify({ exitCode, findings }, null, 2)}\n`)
  return exitCode
}

/** All at once; whoever prints waits for them in order. */
function startChecks(config: Config): Promise<readonly Finding[]>[] {
  // Signs nothing here; the real secret is made by the first api or worker.
  const secret = config.secret?.reveal() ?? randomBytes(32).toString('hex')
  const store = createBlobStore(config.storage, secret)
  const storeFindings = checkStore(store, config)
  return [
    checkTemporal(config),
    storeFindings,
    checkEngines(config),
    storeFindings.then(() => checkGpuWorkers(store)),
  ]
}

function readConfig(): { readonly value: Config | null; readonly findings: readonly Finding[] } {
  try {
    const value = loadConfig()
    return { value, findings: [ok('Configuration', `roles ${value.worker.roles.join(',')}`)] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { value: null, findings: error.problems.map((line) => failed('Configuration', line)) }
  }
}

function exitCodeOf(findings: readonly Finding[], config: Config | null): number {
  if (config === null) return CONFIG_EXIT_CODE
  return findings.some(({ status }) => status === 'failed') ? 1 : 0
}
