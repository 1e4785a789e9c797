import { z } from 'zod'
import { ENGINE_IDS } from '../../contract/engines.ts'
import { WEBHOOK_EVENT_TYPES } from '../../contract/webhooks.ts'

const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })
const pageNumber = z.int().min(1).meta({ description: 'Page number, from 1' })
const count = z.int().min(0)
const code = z.string().meta({ description: 'Code of the failure table; see /errors' })
const url = z
  .string()
  .nullable()
  .meta({ description: 'Status of the document; `null` where `OCR_PUBLIC_URL` is not set' })

/** How the webhooks of a document stand. */
export const webhooksSchema = z
  .strictObject({
    events: z.array(z.enum(WEBHOOK_EVENT_TYPES)).meta({
      description: 'What the receiver is told; empty of a document without `callback_url`',
    }),
    deliveries: z
      .array(
        z.strictObject({
          webhook_id: z.string().meta({ description: 'As in the header of every try' }),
          event: z.enum(WEBHOOK_EVENT_TYPES),
          page: pageNumber.nullable().meta({ description: 'Of `page.completed`' }),
          state: z.enum(['pending', 'delivered', 'given_up']),
          attempts: z.int().min(1),
          last_status: z
            .int()
            .nullable()
            .meta({ description: 'HTTP status of the last answer; `null`: there was none' }),
          last_code: code.nullable().meta({ description: 'Why there was none' }),
          last_tried_at: time,
          next_try_at: time.nullable(),
          gives_up_at: time,
        }),
      )
      .meta({ description: 'The last 100 events that were tried, oldest first' }),
  })
  .meta({ id: 'Webhooks' })

/** Answer to a redelivery. */
export const redeliveredSchema = z.strictObject({ id: z.uuid() })

/** Body of `document.completed`, `document.failed` and `document.cancelled`. */
export const documentEventSchema = z
  .strictObject({
    type: z.enum(['document.completed', 'document.failed', 'document.cancelled']),
    timestamp: time.meta({ description: 'When the document ended' }),
    data: z.strictObject({
      id: z.uuid(),
      status: z.enum(['completed', 'failed', 'cancelled']),
      engine: z.enum(ENGINE_IDS),
      created_at: time,
      started_at: time.nullable(),
      completed_at: time,
      pages: z.strictObject({
        total: count,
        done: count,
        ok: count,
        empty: count,
        degraded: count,
        failed: count,
      }),
      failed_pages: z
        .array(z.strictObject({ page: pageNumber, code }))
        .meta({ description: 'The first 100 of them' }),
      failure: z.strictObject({ code, title: z.string() }).nullable(),
      url,
    }),
  })
  .meta({ id: 'DocumentEvent' })

/** Body of `page.completed`. */
export const pageEventSchema = z
  .strictObject({
    type: z.literal('page.completed'),
    timestamp: time.meta({ description: 'When the page ended' }),
    data: z.strictObject({
      document_id: z.uuid(),
      page: pageNumber,
      outcome: z.enum(['ok', 'empty', 'degraded', 'failed']),
      code: code.nullable().meta({ description: 'Why the page failed' }),
      url,
    }),
  })
  .meta({ id: 'PageEvent' })

/** What `callback_url` is told, for the documentation. */
export const WEBHOOKS = {
  document: { summary: 'A document has ended', schema: documentEventSchema },
  page: { summary: 'A page has ended', schema: pageEventSchema },
} as const
