import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  SweepDependencies,
  WorkflowRun,
} from '../../src/activities/sweep/sweep-dependencies.ts'
import { sweepStore } from '../../src/activities/sweep/index.ts'
import type { DocumentRequest } from '../../src/contract/document.ts'
import {
  parseDocumentId,
  parseSha256,
  type BlobKey,
  type DocumentId,
  type Sha256,
} from '../../src/contract/identifiers.ts'
import {
  noCounts,
  sumOfCounts,
  SWEEP_START,
  type RetentionRules,
  type SweepCounts,
  type SweepPlace,
} from '../../src/contract/sweep.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import {
  blobKey,
  manifestKey,
  pageImageKey,
  referenceKey,
  requestKey,
  resultKey,
} from '../../src/storage/object-keys.ts'
import { writeJson } from '../../src/storage/read-blob.ts'
import { writeReference } from '../../src/storage/store-blob.ts'
import { sampleManifest } from './document-status.ts'
import { present, requestWith } from './gateway-fixtures.ts'

/** Milliseconds of an hour. */
export const HOUR = 3_600_000

/** Milliseconds of a day. */
export const DAY = 24 * HOUR

/** A store that a test sweeps; disposing removes it. */
export type SweptStore = { readonly store: BlobStore; readonly dispose: () => Promise<void> }

/** A bench over a store and a temporary directory of their own; disposing removes both. */
export async function openBench(open: () => Promise<SweptStore>) {
  const opened = await open()
  const directory = await mkdtemp(join(tmpdir(), 'sweep-'))
  return {
    bench: new SweepBench(opened.store, directory),
    dispose: async () => {
      await rm(directory, { recursive: true })
      await opened.dispose()
    },
  }
}

/** How a sweep of a test is to be. */
export type SweepOptions = {
  /** How much later than now the sweep finds it to be. */
  readonly afterMs: number
  readonly rules?: Partial<RetentionRules>
  readonly dryRun?: boolean
  /** In place of the store of the bench. */
  readonly store?: BlobStore
  readonly objectsPerStep?: number
}

/** A store to sweep, the runs that Temporal knows, and a clock. */
export class SweepBench {
  readonly store: BlobStore
  readonly directory: string
  readonly runs = new Map<DocumentId, WorkflowRun>()
  readonly asked: DocumentId[] = []
  steps = 0

  constructor(store: BlobStore, directory: string) {
    this.store = store
    this.directory = directory
  }

  async isThere(key: BlobKey): Promise<boolean> {
    return (await this.store.head(key)) !== null
  }

  /** Stores a document with everything that belongs to it; one that has ended has done so now. */
  async addDocument(
    given: Partial<DocumentRequest> & { readonly sha256: Sha256 },
    state: 'ended' | 'running' | 'never started' = 'ended',
  ): Promise<DocumentId> {
    const documentId = present(parseDocumentId(randomUUID()))
    const { sha256 } = given
    const request = { ...requestWith(), ...given, documentId }
    await writeReference(this.store, referenceKey(sha256, documentId))
    await this.addBlob(sha256)
    await writeJson(this.store, requestKey(documentId), request)
    if (state === 'running') this.runs.set(documentId, { isRunning: true, closedAtMs: null })
    if (state !== 'ended') return documentId
    const { dialect } = request
    const manifest = sampleManifest({ documentId, documentSha256: sha256, dialect })
    await writeJson(this.store, resultKey(documentId, 'json'), {})
    await writeJson(this.store, manifestKey(documentId), manifest)
    return documentId
  }

  /** Stores an upload with the image of a page. */
  async addBlob(sha256: Sha256): Promise<void> {
    const options = { contentType: 'application/pdf' }
    await this.store.put(blobKey(sha256), Buffer.from('pdf'), options)
    await this.store.put(pageImageKey({ sha256, page: 1, dpi: 200 }), Buffer.from('png'), options)
  }

  /** Sweeps to the end. */
  async sweep({
    afterMs,
    rules = {},
    dryRun = false,
    ...options
  }: SweepOptions): Promise<SweepCounts> {
    const { store = this.store, objectsPerStep } = options
    const deps: SweepDependencies = {
      store,
      findRun: async (documentId) => {
        this.asked.push(documentId)
        return this.runs.get(documentId) ?? null
      },
      retention: { resultsDays: 30, intermediatesHours: 24 },
      temporaryDirectory: this.directory,
      nowMs: () => Date.now() + afterMs,
      ...(objectsPerStep === undefined ? {} : { objectsPerStep }),
    }
    let counts: SweepCounts = noCounts()
    let place: SweepPlace | null = SWEEP_START
    while (place !== null) {
      const step = await sweepStore(deps, { rules, dryRun, place }, new AbortController().signal)
      this.steps += 1
      counts = sumOfCounts(counts, step.counts)
      place = step.next
    }
    return counts
  }

  /** The keys below a prefix. */
  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = []
    let cursor: string | undefined
    do {
      const page = await this.store.list(prefix, cursor)
      keys.push(...page.blobs.map(({ key }) => key))
      cursor = page.nextCursor ?? undefined
    } while (cursor !== undefined)
    return keys
  }
}

/** A hash of a test. */
export function shaOf(digit: string): Sha256 {
  return present(parseSha256(digit.padStart(64, '0')))
}

/** The counts that are not 0. */
export function swept(counts: SweepCounts): Partial<SweepCounts> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
}
