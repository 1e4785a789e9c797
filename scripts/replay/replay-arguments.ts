import { parseArgs } from 'node:util'
import { parseDocumentId } from '../../src/contract/identifiers.ts'
import {
  DELIVER_PAGE_WEBHOOKS,
  DELIVER_WEBHOOKS,
  PROCESS_DOCUMENT,
  workflowIdFor,
} from '../../src/contract/names.ts'
import { SWEEP_EXPIRED } from '../../src/contract/sweep.ts'

/** What to replay. */
export type ReplaySelection =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'workflows'; readonly workflowIds: readonly string[] }
  | { readonly kind: 'query'; readonly query: string }

/** How the program is used, for whoever used it otherwise. */
export const REPLAY_USAGE = [
  'Usage: npm run replay -- <workflow or document id> …',
  `       npm run replay -- --query 'OcrPhase="recognizing"'`,
  '       npm run replay -- --all-open',
  '       npm run replay -- --file <history.json> …',
].join('\n')

/** Reads the arguments; `null` when they are not one of the uses. */
export function readReplayArguments(args: readonly string[]): ReplaySelection | null {
  const given = parse(args)
  if (given === null) return null
  const { values, positionals } = given
  const { file: files = [], query } = values
  const uses: (ReplaySelection | null)[] = [
    positionals.length > 0 ? workflowsOf(positionals) : null,
    query === undefined ? null : { kind: 'query', query: ofOurs(`(${query})`) },
    values['all-open'] ? { kind: 'query', query: ofOurs(OPEN) } : null,
    files.length > 0 ? { kind: 'files', paths: files } : null,
  ]
  const [use, ...others] = uses.filter((candidate) => candidate !== null)
  return others.length > 0 ? null : (use ?? null)
}

const OPEN = 'ExecutionStatus = "Running"'

const WORKFLOW_TYPES = [
  PROCESS_DOCUMENT,
  DELIVER_WEBHOOKS,
  DELIVER_PAGE_WEBHOOKS,
  SWEEP_EXPIRED,
] as const

/** A namespace may have workflows of others, which this code cannot run. */
function ofOurs(condition: string): string {
  const types = WORKFLOW_TYPES.map((type) => `"${type}"`).join(', ')
  return `WorkflowType IN (${types}) AND ${condition}`
}

function workflowsOf(ids: readonly string[]): ReplaySelection | null {
  // They stand in a query, between quotation marks.
  if (!ids.every((id) => /^[\w.:-]{1,200}$/.test(id))) return null
  return { kind: 'workflows', workflowIds: ids.map(workflowIdOf) }
}

function workflowIdOf(id: string): string {
  const documentId = parseDocumentId(id)
  return documentId === null ? id : workflowIdFor(documentId)
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        file: { type: 'string', multiple: true },
        query: { type: 'string' },
        'all-open': { type: 'boolean' },
      },
    })
  } catch {
    // An option that there is not, or one without its value: the usage says which there are.
    return null
  }
}
