import type { ImportOf } from './source-files.ts'

/** What the files of a folder below `src/` may import from other folders below `src/`. */
type Layer = {
  /** Folders, or files without `.ts`. */
  readonly may: readonly string[]
  readonly mayAsTypes?: readonly string[]
}

/** The layer table of house style 4.3. Every folder may import itself. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  contract: { may: [] },
  workflows: { may: ['contract'], mayAsTypes: ['activities'] },
  documents: { may: ['contract', 'platform'] },
  engines: { may: ['contract', 'platform'], mayAsTypes: ['documents'] },
  storage: { may: ['contract', 'platform'] },
  config: { may: ['contract', 'platform'], mayAsTypes: ['engines', 'storage'] },
  platform: { may: ['contract'] },
  activities: { may: ['contract', 'engines', 'documents', 'storage', 'platform'] },
  api: { may: ['contract', 'storage', 'documents/sniff-media-type', 'config', 'platform'] },
  workers: {
    may: [
      'contract',
      'workflows',
      'activities',
      'engines',
      'documents',
      'storage',
      'config',
      'platform',
    ],
  },
  // doctor tries the engines and the store, and reads the workers' plan; `api` is the program itself.
  cli: { may: ['contract', 'engines', 'storage', 'workers', 'api/main', 'config', 'platform'] },
}

/** Says what is wrong with an import between folders below `src/`; `null` when nothing is. */
export function layerProblem({ path, target, isTypeOnly }: ImportOf): string | null {
  if (!target.startsWith('src/')) return null
  const from = path.split('/')[1] ?? ''
  const targetPath = target.slice('src/'.length).replace(/\.ts$/, '')
  const to = targetPath.split('/')[0] ?? ''
  if (from === to) return isDialectMix(path, target) ? `${path} imports another dialect` : null
  const layer = LAYERS[from]
  if (layer === undefined) return `src/${from} is not in the layer table`
  const isAmong = (allowed: readonly string[]): boolean =>
    allowed.includes(to) || allowed.includes(targetPath)
  if (isAmong(layer.may) || (isTypeOnly && isAmong(layer.mayAsTypes ?? []))) return null
  return `${path} imports ${target}`
}

function isDialectMix(path: string, target: string): boolean {
  const [from, to] = [path, target].map((file) => /^src\/api\/dialects\/([^/]+)\//.exec(file)?.[1])
  return from !== undefined && to !== undefined && from !== to
}
