import { z } from 'zod'

const CHAT_BODY = z.object({
  model: z.string().min(1),
  stream: z.literal(true),
  truncate: z.literal(false),
  shift: z.literal(false),
  keep_alive: z.union([z.string().regex(/^\d+(?:\.\d+)?(?:ms|[smh])$/), z.int()]),
  messages: z.tuple([
    z.object({
      role: z.literal('user'),
      content: z.string().min(1),
      images: z.tuple([z.string()]),
    }),
  ]),
  options: z.object({
    // Less cuts pages.
    num_ctx: z.int().min(8_192),
    num_predict: z.int().positive(),
    temperature: z.number(),
    seed: z.int(),
  }),
})

const PNG_MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

/** What is wrong with the body of a request to `/api/chat`: real Ollamas accept most of it silently. */
export function assertedProblems(body: unknown): string[] {
  const parsed = CHAT_BODY.safeParse(body)
  if (!parsed.success) {
    return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  }
  const [{ content, images }] = parsed.data.messages
  const [image] = images
  const problems: string[] = []
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(image)) problems.push('the image is not bare base64')
  const start = Buffer.from(image.slice(0, 64), 'base64')
  if (!PNG_MAGIC.equals(start.subarray(0, PNG_MAGIC.length))) problems.push('the image is no PNG')
  if (content.includes('<image>')) problems.push('the prompt has a placeholder')
  return problems
}
