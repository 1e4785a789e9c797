import { signal } from '@preact/signals'

import type { Store } from '../state/store.ts'
import { type FileProblem, fileProblem } from './check-file.ts'
import { hasWrongPages } from './check-pages.ts'
import { uploadOptions } from './upload-options.ts'

/** What was not sent, and why; `pages`: those that are asked for, `unavailable`: the sample is not to be had. */
export type RefusedFile = {
  readonly name: string
  readonly size: number
  readonly problem: FileProblem | 'pages' | 'unavailable'
}

/** The files of the last choice that were not sent, until they are dismissed. */
export const refusedFiles = signal<readonly RefusedFile[]>([])

/** Sends files that the service will take, with the chosen options, and refuses the others. */
export function sendFiles(
  store: Pick<Store, 'config' | 'submit'>,
  files: Iterable<File>,
  unreadable: ReadonlySet<File> = new Set(),
): void {
  const options = uploadOptions.value
  const taken: File[] = []
  const refused: RefusedFile[] = []
  for (const file of files) {
    const problem = hasWrongPages(options)
      ? 'pages'
      : unreadable.has(file)
        ? 'empty'
        : fileProblem(file, store.config.value)
    if (problem) refused.push({ name: file.name, size: file.size, problem })
    else taken.push(file)
  }
  refusedFiles.value = refused
  store.submit(
    taken.map((file) => ({ source: { file }, ...options, pages: options.pages?.trim() || null })),
  )
}

/** Sends the address of a document, with the chosen options. */
export function sendUrl(store: Pick<Store, 'submit'>, url: string): void {
  const options = uploadOptions.value
  refusedFiles.value = hasWrongPages(options) ? [{ name: url, size: 0, problem: 'pages' }] : []
  if (refusedFiles.value.length > 0) return
  store.submit([{ source: { url }, ...options, pages: options.pages?.trim() || null }])
}
