import type { Store } from '../state/store.ts'
import { NO_OPTIONS } from './upload-options.ts'

/**
 * Sends the sample document that comes with the service, as any other file.
 *
 * @throws {Error} it is not to be had
 */
export async function sendSample(store: Store, url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(30_000) })
  if (!response.ok) throw new Error(`Cannot load sample: HTTP ${response.status}`)
  const file = new File([await response.blob()], 'sample.pdf', { type: 'application/pdf' })
  store.submit([{ source: { file }, ...NO_OPTIONS }])
}
