import type { PageNumber } from '../contract/identifiers.ts'
import { startGuardedProcess, type GuardedProcess } from '../platform/guarded-process.ts'
import type { DocumentLimits } from './limits.ts'
import {
  parseDrawReply,
  parseOpenReply,
  type DocumentRequest,
  type DrawReply,
  type OpenReply,
} from './child/protocol.ts'
import type { SourceFile } from './source-file.ts'

/** Bounds of one step. */
export type StepOptions = { readonly wallClockMs: number; readonly signal: AbortSignal }

/** A guarded process with one document in its hands. */
export class DocumentProcess implements AsyncDisposable {
  readonly #process: GuardedProcess
  readonly #file: SourceFile
  readonly #limits: DocumentLimits

  constructor(file: SourceFile, limits: DocumentLimits, maxRssBytes: number) {
    this.#file = file
    this.#limits = limits
    this.#process = startGuardedProcess({
      entry: new URL('child/document-program.ts', import.meta.url),
      name: 'document program',
      maxRssBytes,
    })
  }

  get alive(): boolean {
    return this.#process.alive
  }

  rssBytes(): number {
    return this.#process.rssBytes() ?? 0
  }

  async open(options: StepOptions): Promise<OpenReply> {
    const request = { kind: 'open', file: this.#file, limits: this.#limits } as const
    return parseOpenReply(await this.#request(request, options))
  }

  async draw(
    request: { page: PageNumber; dpi: number; scale: number; path: string },
    options: StepOptions,
  ): Promise<DrawReply> {
    const reply = await this.#request({ kind: 'draw', ...request }, options)
    return parseDrawReply(reply, this.#limits)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve(this.#process[Symbol.asyncDispose]())
  }

  #request(request: DocumentRequest, options: StepOptions): Promise<unknown> {
    return this.#process.request(request, { ...options, maxReplyBytes: 64 * 1024 })
  }
}
