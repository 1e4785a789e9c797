/*
 * Writes the workflow bundle, so that a worker need not make it at its start: to `dist/workflows`, or to
 * the path that is given. `OCR_WORKFLOW_BUNDLE` names it; an image is built with it.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker'
import { bundleNotePath, hashWorkflowSources } from '../src/workers/workflow-bundle.ts'

const DEFAULT_PATH = join(import.meta.dirname, '..', 'dist', 'workflows', 'workflows.cjs')

const target = resolve(process.argv[2] ?? DEFAULT_PATH)
const hash = await hashWorkflowSources()
const { code } = await bundleWorkflowCode({
  workflowsPath: join(import.meta.dirname, '..', 'src', 'workflows', 'index.ts'),
  // How many modules of what size webpack found is for nobody.
  logger: new DefaultLogger('WARN'),
})
await mkdir(dirname(target), { recursive: true })
await writeFile(`${target}.tmp`, code)
await rename(`${target}.tmp`, target)
// Last: an old note beside a new bundle only has it made anew, the reverse would run old workflows.
await writeFile(bundleNotePath(target), `${hash}\n`)
console.log(target)
