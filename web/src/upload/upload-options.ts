import { signal } from '@preact/signals'

import type { Submission } from '../model.ts'

/** How a document is to be read, beside what it is. */
export type UploadOptions = Omit<Submission, 'source'>

/** The service chooses everything. */
export const NO_OPTIONS: UploadOptions = {
  engine: null,
  pages: null,
  languages: null,
  password: null,
}

/** The options for whatever is sent next. Kept for this visit only: a password may be among them. */
export const uploadOptions = signal(NO_OPTIONS)

/** The chosen options in short, as a reminder while the drawer is closed; empty: none is chosen. */
export function optionsSummary({ engine, pages, languages, password }: UploadOptions): string {
  return [engine, pages, languages?.join('+'), password && '•••'].filter(Boolean).join(' · ')
}
