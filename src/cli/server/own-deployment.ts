import { STORAGE_VARIABLES } from '../../config/environment-storage.ts'

/** What leads to the Temporal of a deployment. */
const TEMPORAL_NAMES = [
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_NAMESPACE',
  'TEMPORAL_TLS',
  'OCR_TEMPORAL_PORT',
  'OCR_TEMPORAL_UI_PORT',
  'OCR_TEMPORAL_UI_URL',
]

/**
 * Settings of a server whose store and Temporal are of its own, over those of the deployment that
 * `.env` describes. The two always go together: a sweep deletes what its Temporal does not know.
 *
 * @param directory Absolute path of its data directory
 */
export function ownDeployment(directory: string): Record<string, string> {
  const inherited = [...Object.keys(STORAGE_VARIABLES), ...TEMPORAL_NAMES]
  return { ...Object.fromEntries(inherited.map((name) => [name, ''])), OCR_DATA_DIR: directory }
}
