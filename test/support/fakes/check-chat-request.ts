import { z } from 'zod'

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('image_url'),
    image_url: z.object({ url: z.string(), detail: z.string().optional() }),
  }),
])
const chatRequest = z.looseObject({
  model: z.string(),
  stream: z.boolean().optional(),
  stream_options: z.unknown().optional(),
  messages: z.array(z.object({ role: z.string(), content: z.union([z.string(), z.array(part)]) })),
})

/** What a chat request holds, as far as the fakes look at it. */
export type ReadChatRequest = {
  readonly fields: Readonly<Record<string, unknown>>
  /** All text parts, joined. */
  readonly text: string
  /** PNG data of the first image; `null` without one. */
  readonly image: { readonly widthPx: number; readonly heightPx: number } | null
  readonly problems: readonly string[]
}

/** Fields that only Python's client knows, or that a server takes elsewhere. */
const WRONG_FIELDS = ['extra_body', 'mm_processor_kwargs', 'ngram_size', 'window_size', 'num_ctx']

/** Reads a chat request and says what is wrong with it for any server. */
export function readChatRequest(body: unknown): ReadChatRequest {
  const { data, error } = chatRequest.safeParse(body)
  if (data === undefined) {
    return { fields: {}, text: '', image: null, problems: [`not a chat request: ${error.message}`] }
  }
  const parts = data.messages.flatMap(({ content }) =>
    typeof content === 'string' ? [{ type: 'text' as const, text: content }] : content,
  )
  const texts = parts.flatMap((one) => (one.type === 'text' ? [one.text] : []))
  const images = parts.flatMap((one) => (one.type === 'image_url' ? [one.image_url] : []))
  const problems = WRONG_FIELDS.filter((name) => name in data).map((name) => `has a field ${name}`)
  if (data.messages.length !== 1) problems.push(`has ${data.messages.length} messages`)
  if (images.length !== 1) problems.push(`has ${images.length} images`)
  if (parts[0]?.type !== 'image_url') problems.push('the image does not stand first')
  if (data.stream !== true && 'stream_options' in data)
    problems.push('stream_options without stream')
  const [first] = images
  if (first !== undefined && first.detail !== 'high') problems.push(`detail is ${first.detail}`)
  const image = first === undefined ? null : pngSize(first.url)
  if (first !== undefined && image === null) problems.push('the image is not a PNG data URL')
  return { fields: data, text: texts.join('\n'), image, problems }
}

function pngSize(url: string): ReadChatRequest['image'] {
  const base64 = /^data:image\/png;base64,([A-Za-z0-9+/]+={0,2})$/.exec(url)?.[1]
  if (base64 === undefined) return null
  const bytes = Buffer.from(base64, 'base64')
  const isPng = bytes.length > 24 && bytes.subarray(1, 4).toString('latin1') === 'PNG'
  return isPng ? { widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) } : null
}
