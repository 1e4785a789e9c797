import { createHash } from 'node:crypto'
import { access, constants, readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { ConfigError } from '../config/config-error.ts'
import type { Config } from '../config/config.ts'
import { workerLogger } from '../platform/logger.ts'

const SOURCE_ROOT = join(import.meta.dirname, '..')

/** All that workflow code is made of: the layers allow it nothing else of ours. */
const SOURCE_FOLDERS = ['workflows', 'contract']

/** Where a bundle notes what it was made from; a bundle without the note is taken as it is. */
export function bundleNotePath(bundlePath: string): string {
  return `${bundlePath}.sources`
}

/** The hash of the workflow sources of this checkout and of their SDK, 64 hexadecimal digits. */
export async function hashWorkflowSources(): Promise<string> {
  const hash = createHash('sha256').update(await sdkVersion())
  for (const folder of SOURCE_FOLDERS) {
    const entries = await readdir(join(SOURCE_ROOT, folder), {
      recursive: true,
      withFileTypes: true,
    })
    const paths = entries
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
    for (const path of paths.toSorted())
      hash.update(`\0${relative(SOURCE_ROOT, path)}\0`).update(await readFile(path))
  }
  return hash.digest('hex')
}

/**
 * The configuration of a worker that is about to start: without a bundle that was made from other
 * sources, which it then bundles itself.
 *
 * @throws {ConfigError} when `OCR_WORKFLOW_BUNDLE` names a file that cannot be read
 */
export async function withUsableBundle(config: Config): Promise<Config> {
  const { workflowBundlePath: path, roles } = config.worker
  if (path === null || !roles.includes('documents') || (await isUsable(path))) return config
  workerLogger.warn(
    { bundle: path },
    'the workflow bundle was made from other sources: it is left alone, the sources are bundled',
  )
  return { ...config, worker: { ...config.worker, workflowBundlePath: null } }
}

async function isUsable(bundlePath: string): Promise<boolean> {
  if (!(await isReadable(bundlePath)))
    throw new ConfigError([
      `OCR_WORKFLOW_BUNDLE=${JSON.stringify(bundlePath)}: expected a file that can be read`,
    ])
  const note = await readFile(bundleNotePath(bundlePath), 'utf8').catch(() => null)
  return note === null || note.trim() === (await hashWorkflowSources())
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

/** A bundle works with the SDK that made it only. */
async function sdkVersion(): Promise<string> {
  const manifest = new URL(import.meta.resolve('@temporalio/worker/package.json'))
  return await readFile(manifest, 'utf8')
}
