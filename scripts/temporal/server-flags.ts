import { SEARCH_ATTRIBUTE } from '../../src/contract/names.ts'

/** Types of our search attributes, as `temporal` spells them. */
export const SEARCH_ATTRIBUTE_TYPES: Readonly<Record<string, 'Keyword' | 'Int'>> = {
  [SEARCH_ATTRIBUTE.owner]: 'Keyword',
  [SEARCH_ATTRIBUTE.submitter]: 'Keyword',
  [SEARCH_ATTRIBUTE.dialect]: 'Keyword',
  [SEARCH_ATTRIBUTE.engine]: 'Keyword',
  [SEARCH_ATTRIBUTE.phase]: 'Keyword',
  [SEARCH_ATTRIBUTE.pages]: 'Int',
  [SEARCH_ATTRIBUTE.format]: 'Keyword',
}

/** What a dev server is started with. */
export type ServerFlags = {
  readonly namespace: string
  readonly port: number
  /** `null`: no web page. */
  readonly uiPort: number | null
  /** `null`: in memory, gone with the process. */
  readonly databaseFile: string | null
}

/*
 * Search attributes act only when the namespace is created, so they stand in every start.
 * One partition per queue: with the default four, polls and tasks miss each other on small loads.
 * The version check would phone home.
 */
const DYNAMIC_CONFIG = [
  'matching.enableFairness=true',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'frontend.namespaceRPS.visibility=1000',
  'frontend.enableServerVersionCheck=false',
] as const

/** Arguments of `temporal` for a server of ours; all are known to 1.5.1 and 1.8.2. */
export function serverArguments(
  flags: ServerFlags,
  dynamicConfig: readonly string[] = [],
): string[] {
  // Loopback only: the dev server has no authentication.
  const base = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(flags.port)]
  const ui = flags.uiPort === null ? ['--headless'] : ['--ui-port', String(flags.uiPort)]
  return [
    ...base,
    ...ui,
    ...databaseArguments(flags.databaseFile),
    '--namespace',
    flags.namespace,
    '--log-level',
    'error',
    ...Object.entries(SEARCH_ATTRIBUTE_TYPES).flatMap(([name, type]) => [
      '--search-attribute',
      `${name}=${type}`,
    ]),
    ...[...DYNAMIC_CONFIG, ...dynamicConfig].flatMap((setting) => [
      '--dynamic-config-value',
      setting,
    ]),
  ]
}

function databaseArguments(databaseFile: string | null): string[] {
  if (databaseFile === null) return []
  return [
    '--db-filename',
    databaseFile,
    '--sqlite-pragma',
    'journal_mode=wal',
    // FULL survives a power loss and costs about 1 ms of server CPU per page.
    '--sqlite-pragma',
    'synchronous=full',
  ]
}
