import { z } from 'zod'

/** What the supervisor tells the process that started it. */
export const SUPERVISOR_MESSAGE = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    temporalAddress: z.string(),
    /** `null`: not ours, so its web page is not known. */
    temporalUiUrl: z.string().nullable(),
  }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
])

/** One of {@link SUPERVISOR_MESSAGE}. */
export type SupervisorMessage = z.output<typeof SUPERVISOR_MESSAGE>
