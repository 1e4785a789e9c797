import { z } from 'zod'

/** What a client of `/v1/live` asks for. The id is what it sent, cut to 100 characters. */
export type LiveMessage = { readonly kind: 'follow' | 'unfollow'; readonly documentId: string }

const MESSAGE = z.union([
  z.strictObject({ follow: z.string() }),
  z.strictObject({ unfollow: z.string() }),
])

const MAX_ID_LENGTH = 100

/** Reads a message; `null` for everything else. */
export function readLiveMessage(text: string): LiveMessage | null {
  const parsed = MESSAGE.safeParse(parseJson(text))
  if (!parsed.success) return null
  const [kind, id] =
    'follow' in parsed.data
      ? (['follow', parsed.data.follow] as const)
      : (['unfollow', parsed.data.unfollow] as const)
  return { kind, documentId: id.slice(0, MAX_ID_LENGTH) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
