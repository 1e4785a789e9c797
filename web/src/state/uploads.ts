import type { Signal } from '@preact/signals'
import type { DocumentsApi } from '../api/documents-api.ts'
import { asApiError } from '../api/http.ts'
import { createIdempotencyKey } from '../api/idempotency-key.ts'
import type { Submission, Upload } from '../model.ts'

const MAX_AT_ONCE = 3

/** What can be done with files on their way. */
export type Uploads = {
  readonly add: (submissions: readonly Submission[]) => void
  /** Sends one that failed once more; if the service has it already, it becomes no second document. */
  readonly retry: (key: string) => void
  /** Takes one off the list, and gives it up if it still runs. */
  readonly dismiss: (key: string) => void
  /** Gives all of them up. */
  readonly close: () => void
}

type Waiting = { readonly submission: Submission; readonly idempotencyKey: string }

/**
 * Sends files, three at once.
 *
 * @param uploads Where they are shown
 * @param onAccepted Told of each document that came of one
 */
export function createUploads(
  api: Pick<DocumentsApi, 'submit'>,
  uploads: Signal<readonly Upload[]>,
  onAccepted: (id: string, submission: Submission) => void,
): Uploads {
  const waiting = new Map<string, Waiting>()
  const failed = new Map<string, Waiting>()
  const sending = new Map<string, AbortController>()
  let added = 0

  const change = (key: string, changes: Partial<Upload>): void => {
    uploads.value = uploads.value.map((upload) =>
      upload.key === key ? { ...upload, ...changes } : upload,
    )
  }
  const forget = (key: string): void => {
    uploads.value = uploads.value.filter((upload) => upload.key !== key)
  }
  const send = async (key: string, one: Waiting): Promise<void> => {
    const { submission, idempotencyKey } = one
    const controller = new AbortController()
    const { signal: given } = controller
    sending.set(key, controller)
    try {
      const onSent = (sentBytes: number): void => change(key, { sentBytes })
      const id = await api.submit(submission, { signal: given, onSent, idempotencyKey })
      // Given up too late: it is a document now, and is shown as one.
      forget(key)
      onAccepted(id, submission)
    } catch (error) {
      if (!given.aborted) {
        failed.set(key, one)
        change(key, { error: asApiError(error) })
      }
    }
    sending.delete(key)
    sendNext()
  }
  const sendNext = (): void => {
    for (const [key, one] of waiting) {
      if (sending.size >= MAX_AT_ONCE) return
      waiting.delete(key)
      void send(key, one)
    }
  }
  const dismiss = (key: string): void => {
    waiting.delete(key)
    failed.delete(key)
    sending.get(key)?.abort()
    forget(key)
  }
  return {
    add(submissions) {
      const entries = submissions.map((submission) => {
        added += 1
        const key = String(added)
        waiting.set(key, { submission, idempotencyKey: createIdempotencyKey() })
        return { ...describe(submission), key, sentBytes: 0, error: null }
      })
      uploads.value = [...entries, ...uploads.value]
      sendNext()
    },
    retry(key) {
      const one = failed.get(key)
      if (one === undefined) return
      failed.delete(key)
      waiting.set(key, one)
      change(key, { error: null, sentBytes: 0 })
      sendNext()
    },
    dismiss,
    close() {
      for (const { key } of uploads.value) dismiss(key)
    },
  }
}

function describe({ source }: Submission): Pick<Upload, 'name' | 'totalBytes'> {
  return 'file' in source
    ? { name: source.file.name, totalBytes: source.file.size }
    : { name: source.url, totalBytes: null }
}
