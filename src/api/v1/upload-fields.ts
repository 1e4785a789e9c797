import { z } from 'zod'
import { ENGINE_IDS, LANGUAGES, type Language } from '../../contract/engines.ts'
import { parsePageRanges } from '../../contract/page-ranges.ts'
import { wholeNumber } from '../http/wire-number.ts'

const languages = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .refine(
    (names): names is Language[] => names.every(isLanguage),
    `expected a comma-separated list of ${LANGUAGES.join(', ')}`,
  )
  .meta({
    description: 'Languages of the document',
    example: 'zh,en',
    override: { type: 'string' },
  })

const pages = z
  .string()
  .transform((text, context) => {
    const ranges = parsePageRanges(text)
    if (ranges !== null) return ranges
    context.addIssue({ code: 'custom', message: 'expected page ranges such as 1-3,7' })
    return z.NEVER
  })
  .meta({ description: 'Pages to read', example: '1-3,7', override: { type: 'string' } })

/** Form fields of an upload, besides the file. */
export const uploadFields = z.object({
  engine: z.enum(ENGINE_IDS).optional(),
  languages: languages.optional(),
  dpi: wholeNumber({
    minimum: 72,
    maximum: 600,
    description: 'Resolution that pages are drawn with; the default is the engine’s',
  }).optional(),
  pages: pages.optional(),
  password: z.string().max(1_000).meta({ description: 'Opens an encrypted PDF' }).optional(),
})

/** Leaves out empty fields: a form sends every field that it shows. */
export function withoutEmptyFields(
  fields: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''))
}

function isLanguage(name: string): name is Language {
  return LANGUAGES.some((language) => language === name)
}
