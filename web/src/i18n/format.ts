/** A language that the page speaks. */
export type Language = 'en' | 'zh'

/** What Intl calls it. */
export const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' }

/** A size such as `4.2 MB`; 1 MB is 1024 KB, as in the limits of the service. */
export function bytesIn(language: Language, sizeBytes: number): string {
  const power = sizeBytes < 1 ? 0 : Math.min(3, Math.floor(Math.log2(sizeBytes) / 10))
  const unit = ['byte', 'kilobyte', 'megabyte', 'gigabyte'][power] ?? ''
  return inUnit(language, sizeBytes / 1024 ** power, unit)
}

/** A whole number with the separators of the language. */
export function numberIn(language: Language, count: number): string {
  return count.toLocaleString(LOCALES[language])
}

/** A count with its unit, such as `3s` or `4.2 MB`. */
export function inUnit(language: Language, count: number, unit: string): string {
  const isSize = unit.endsWith('byte')
  return count.toLocaleString(LOCALES[language], {
    style: 'unit',
    unit,
    unitDisplay: isSize ? 'short' : 'narrow',
    maximumFractionDigits: isSize && count < 100 ? 1 : 0,
  })
}
