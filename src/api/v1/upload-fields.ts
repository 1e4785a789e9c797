import { z } from 'zod'
import { ENGINE_IDS, LANGUAGES, type Language } from '../../contract/engines.ts'
import { parsePageRanges } from '../../contract/page-ranges.ts'
import { callbackEventList, callbackFields } from './callback-fields.ts'
import { wholeNumber } from '../http/wire-number.ts'

/** Resolutions that can be asked for, in dots per inch. */
export const DPI_BOUNDS = { minimum: 72, maximum: 600 } as const

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

const dpi = wholeNumber({
  ...DPI_BOUNDS,
  description: 'Resolution that pages are drawn with; the default is the engine’s',
})

/** Form fields of an upload, besides the file. */
export const uploadFields = z.object({
  engine: z.enum(ENGINE_IDS).optional(),
  languages: languages.optional(),
  dpi: dpi.optional(),
  pages: pages.optional(),
  password: z.string().max(1_000).meta({ description: 'Opens an encrypted PDF' }).optional(),
  ...callbackFields,
})

/** JSON body in place of a form: the same fields, and a URL in place of the file. */
export const remoteFields = uploadFields.extend({
  url: z.string().meta({
    description: 'Where the file is fetched from: http or https, on a public address',
    example: 'https://example.com/invoice.pdf',
  }),
  dpi: z
    .union([z.number().transform(String), z.string()])
    .pipe(dpi)
    .meta({ description: 'Resolution that pages are drawn with, 72 to 600', example: 300 })
    .optional(),
  callback_events: callbackEventList.optional(),
})

/** Leaves out empty fields: a form sends every field that it shows. */
export function withoutEmptyFields(
  fields: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, text]) => text !== ''))
}

function isLanguage(name: string): name is Language {
  return LANGUAGES.some((language) => language === name)
}
