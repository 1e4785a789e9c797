import { z } from 'zod'

/** "Free OCR", as the document gives it. */
export const DEFAULT_PROMPT = '<image>\nFree OCR.'

const MAX_PROMPT_BYTES = 4_096
const MIN_SIDE_PX = 512
const MAX_SIDE_PX = 1_280

/** Python clients send `True`, shells `1`. */
const FLAGS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

const prompt = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= MAX_PROMPT_BYTES, 'expected at most 4096 bytes')
  .transform((text) => (text === '' ? DEFAULT_PROMPT : withNewline(text)))
  .default(DEFAULT_PROMPT)
  .meta({
    description: 'OCR prompt / OCR 提示词. A `\\n` in letters after `<image>` is a newline',
    override: { type: 'string', default: DEFAULT_PROMPT },
  })

const flag = z
  .union([z.boolean(), z.string(), z.number()])
  .transform((value, context) => {
    const read = FLAGS.get(String(value).toLowerCase())
    if (read !== undefined) return read
    context.addIssue({ code: 'custom', message: 'expected true or false' })
    return z.NEVER
  })
  .meta({ override: { type: 'boolean' } })

const sidePx = z
  .union([z.int(), z.string().regex(/^\d{1,6}$/)])
  .transform(Number)
  .refine((side) => side >= MIN_SIDE_PX && side <= MAX_SIDE_PX, 'expected 512 to 1280')
  .meta({
    description: 'Checked and ignored: the model server decides',
    override: { type: 'integer', minimum: MIN_SIDE_PX, maximum: MAX_SIDE_PX },
  })

/** What comes with an image, as form fields or in JSON; the last three are in no document. */
export const ocrFields = z.object({
  prompt,
  save_to_file: flag
    .default(true)
    .meta({ description: 'Save result to file / 保存结果到文件', override: { type: 'boolean' } }),
  base_size: sidePx.optional(),
  image_size: sidePx.optional(),
  crop_mode: flag
    .optional()
    .meta({ description: 'Checked and ignored', override: { type: 'boolean' } }),
})

/** {@link ocrFields} when they are read. */
export type OcrFields = z.output<typeof ocrFields>

/** The body of "OCR from Base64". */
export const base64Fields = ocrFields.extend({
  image_base64: z
    .string()
    .min(1, 'expected an image')
    .meta({ description: 'Base64; everything up to the first comma is dropped' }),
})

/** Names of the fields that were sent and have no effect. */
export function ignoredFields(fields: OcrFields): string[] {
  const names = ['base_size', 'image_size', 'crop_mode'] as const
  return names.filter((name) => fields[name] !== undefined)
}

/** A newline that a shell has passed on in letters. */
function withNewline(text: string): string {
  return text.replaceAll('<image>\\n', '<image>\n')
}
