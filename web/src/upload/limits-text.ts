import { formatBytes, formatNumber } from '../i18n/language.ts'
import { texts } from '../i18n/texts.ts'
import type { ServiceConfig } from '../model.ts'
import { typesText } from './types-text.ts'

/** What may be uploaded, as far as the service tells. */
export function limitsText({
  accept,
  maxUploadBytes,
  maxPages,
}: Pick<ServiceConfig, 'accept' | 'maxUploadBytes' | 'maxPages'>): string {
  const { upTo, upToPages } = texts.value
  return [
    typesText(accept),
    maxUploadBytes < Infinity && upTo(formatBytes(maxUploadBytes)),
    maxPages < Infinity && upToPages(formatNumber(maxPages)),
  ]
    .filter(Boolean)
    .join(' · ')
}
