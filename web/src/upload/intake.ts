import { signal } from '@preact/signals'

/** What somebody wants to have read; `sampleUrl` is of the document that comes with the service. */
export type Intake =
  | { readonly files: readonly File[] }
  | { readonly url: string }
  | { readonly sampleUrl: string }

/** What was handed in and nobody has taken up yet; `null` before the first of it. */
export const intake = signal<readonly Intake[] | null>(null)

/** Hands in something to be read; what sends it is loaded with the first. */
export function handIn(given: Intake): void {
  intake.value = [...(intake.value ?? []), given]
}
