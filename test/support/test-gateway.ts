import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'node:test'
import { ServiceError } from '@temporalio/client'
import { INITIAL_PROGRESS, type Progress } from '../../src/contract/progress.ts'
import {
  createDocumentGateway,
  type DocumentGateway,
  type GatewayOptions,
} from '../../src/api/gateway/document-gateway.ts'
import type { Submission } from '../../src/api/gateway/submission.ts'
import type { BlobStore } from '../../src/storage/blob-store.ts'
import { createDirectoryBlobStore } from '../../src/storage/directory-blob-store.ts'
import { FakeTemporal } from './fake-temporal.ts'
import { present, submissionOf } from './gateway-fixtures.ts'

/** A gateway on a fake Temporal and a real store, made anew for each test. */
export class GatewayBench {
  readonly directory: string
  readonly store: BlobStore
  readonly temporal = new FakeTemporal()
  readonly gateway: DocumentGateway

  constructor(directory: string) {
    this.directory = directory
    this.store = createDirectoryBlobStore({ path: join(directory, 'store'), secret: 'x' })
    this.gateway = this.anotherGateway()
  }

  /** Another api process on the same store and the same Temporal. */
  anotherGateway(others: Pick<GatewayOptions, 'admission'> = {}): DocumentGateway {
    const { client } = this.temporal
    return createDocumentGateway({ client, store: this.store, secret: 'secret', ...others })
  }

  /** A submission of a file with this content. */
  submission(content: string, change: Partial<Submission> = {}): Promise<Submission> {
    return submissionOf(this.directory, content, change)
  }
}

/** Gives each test of a suite its own bench. */
export function benchOfEachTest(): { readonly current: GatewayBench } {
  let bench: GatewayBench | null = null
  beforeEach(async () => {
    bench = new GatewayBench(await mkdtemp(join(tmpdir(), 'gateway-')))
  })
  afterEach(() => rm(present(bench).directory, { recursive: true }))
  return {
    get current() {
      return present(bench)
    },
  }
}

/** What Temporal answers when it is away (14), too slow (4) or too busy (8). */
export function grpcFailure(code: number): ServiceError {
  const cause = Object.assign(new Error('grpc'), { code, details: '', metadata: {} })
  return new ServiceError('failed', { cause })
}

/** Counts of a document of nine pages that a worker has begun. */
export function progressWith(change: Partial<Progress>): Progress {
  return { ...INITIAL_PROGRESS, phase: 'recognizing', startedAtMs: 9000, totalPages: 9, ...change }
}
