import type { DocumentStatus } from '../../../contract/document-status.ts'
import type { DocumentId } from '../../../contract/identifiers.ts'
import type { AppDeps } from '../../app-deps.ts'
import { contentPieces } from './page-row.ts'

const PREVIEW_LENGTH = 500

// Blank pages in front must not turn a preview into a read of the whole document.
const MAX_PAGES_READ = 10

/** The beginnings of results. Those who ask for the same one at the same time share the reading. */
export class ContentPreviews {
  readonly #deps: Pick<AppDeps, 'config' | 'gateway'>
  readonly #underWay = new Map<DocumentId, Promise<string>>()

  constructor(deps: Pick<AppDeps, 'config' | 'gateway'>) {
    this.#deps = deps
  }

  /**
   * The first 500 characters of the content of a completed document.
   *
   * @throws {OcrError} `SERVICE_UNAVAILABLE`, `STORAGE_UNAVAILABLE`
   */
  async read(status: DocumentStatus): Promise<string> {
    const { documentId } = status
    const known = this.#underWay.get(documentId)
    if (known !== undefined) return known
    const preview = this.#readNow(status).finally(() => this.#underWay.delete(documentId))
    this.#underWay.set(documentId, preview)
    return preview
  }

  async #readNow(status: DocumentStatus): Promise<string> {
    const { gateway, config } = this.#deps
    const totalPages = Math.min(status.progress.totalPages, MAX_PAGES_READ)
    const beginning = { ...status, progress: { ...status.progress, totalPages } }
    const characters: string[] = []
    const pieces = contentPieces({ gateway, config: config.api.qianxia, status: beginning })
    for await (const piece of pieces) {
      for (const character of piece) {
        if (characters.length === PREVIEW_LENGTH) return characters.join('')
        characters.push(character)
      }
    }
    return characters.join('')
  }
}
