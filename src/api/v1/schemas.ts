import { z } from 'zod'
import { DOCUMENT_STATES } from '../../contract/document-status.ts'
import { MEDIA_TYPES } from '../../contract/document.ts'
import { ENGINE_IDS, LANGUAGES } from '../../contract/engines.ts'
import { BLOCK_CATEGORIES } from '../../contract/page.ts'
import { wholeNumber } from '../http/wire-number.ts'

/** Path parameter of every route of one document. What is no id is unknown: 404, not 400. */
export const documentParams = z.object({
  id: z
    .string()
    .meta({ description: 'Document id', example: '550e8400-e29b-41d4-a716-446655440000' }),
})

/** Path parameters of every route of one page. What is no page number is an unknown page. */
export const pageParams = documentParams.extend({
  n: z.string().meta({
    description: 'Page number, from 1',
    override: { type: 'integer', minimum: 1 },
  }),
})

/** Query of the status. */
export const statusQuery = z.object({
  wait: wholeNumber({
    minimum: 0,
    maximum: 60,
    description: 'Seconds to wait for the end of the document before answering',
  }).optional(),
})

/** Query of the list. */
export const listQuery = z.object({
  limit: wholeNumber({
    minimum: 1,
    maximum: 100,
    description: 'Documents per page; 20',
  }).optional(),
  cursor: z
    .string()
    .max(4_096)
    .meta({ description: '`next_cursor` of the page before; opaque' })
    .optional(),
  status: z.enum(DOCUMENT_STATES).optional(),
})

/** Query of the result. */
export const resultQuery = z.object({
  format: z.enum(['text', 'markdown', 'json']).default('text'),
})

const state = z.enum(DOCUMENT_STATES)
const time = z.iso.datetime().meta({ description: 'ISO 8601, UTC' })
const pageNumber = z.int().min(1).meta({ description: 'Page number, from 1' })
const count = z.int().min(0)

const usageSchema = z.strictObject({ prompt_tokens: count, completion_tokens: count })
const resultUrls = z.strictObject({ text: z.string(), markdown: z.string(), json: z.string() })

/** Answer to a submit. */
export const submittedSchema = z
  .strictObject({
    id: z.uuid(),
    status: state,
    links: z.strictObject({
      self: z.string().meta({ description: 'Status' }),
      cancel: z.string().meta({ description: 'POST here to cancel' }),
      pages: z.string().meta({ description: 'One page; put its number in place of `{n}`' }),
      results: resultUrls,
    }),
  })
  .meta({ id: 'SubmittedDocument' })

/** Status of a document. */
export const documentSchema = z
  .strictObject({
    id: z.uuid(),
    status: state,
    engine: z.string(),
    file_name: z.string(),
    media_type: z
      .enum(MEDIA_TYPES)
      .nullable()
      .meta({ description: '`null`, like the size, until a file given by URL was fetched' }),
    size_bytes: count.nullable(),
    selection: z
      .string()
      .nullable()
      .meta({ description: 'Pages that were asked for; `null`: all', example: '1-3,7' }),
    created_at: time,
    started_at: time.nullable(),
    completed_at: time.nullable().meta({ description: 'When the document ended, however it did' }),
    pages: z.strictObject({
      total: count.meta({ description: 'Selected pages; 0 until the document has been inspected' }),
      done: count,
      ok: count,
      empty: count,
      degraded: count,
      failed: count,
    }),
    page_marks: z
      .string()
      .nullable()
      .meta({
        description:
          'One character per selected page: `.` waiting, `o` ok, `e` empty, `d` degraded, `f` failed; ' +
          '`null` where not known, as in the list while the document runs',
        example: 'ood.',
      }),
    running_pages: z
      .array(
        z.strictObject({
          page: pageNumber,
          attempt: z.int().min(1),
          code: z.string().nullable().meta({ description: 'Why the attempt before failed' }),
        }),
      )
      .meta({ description: 'Pages that are being read; not told in the list' }),
    failed_pages: z.array(z.strictObject({ page: pageNumber, code: z.string() })),
    failure: z.strictObject({ code: z.string(), title: z.string() }).nullable(),
    queued_reason: z.string().nullable().meta({ description: 'Why the document still waits' }),
    results: resultUrls
      .nullable()
      .meta({ description: 'URLs of the result; `null` until there is one' }),
    usage: usageSchema.nullable().meta({ description: 'Tokens that a model server charged for' }),
    run_url: z.string().nullable().meta({
      description:
        'Its run in the web page of Temporal; `null` where `OCR_TEMPORAL_UI_URL` is not set',
    }),
  })
  .meta({ id: 'Document' })

/** One page of the list of documents. */
export const documentListSchema = z
  .strictObject({ documents: z.array(documentSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'DocumentList' })

/** A recognized page. */
export const pageSchema = z
  .strictObject({
    page: pageNumber,
    outcome: z.enum(['ok', 'empty', 'degraded']),
    engine: z.string(),
    width: z.int().meta({ description: 'Width of the page image in pixels' }),
    height: z.int().meta({ description: 'Height of the page image in pixels' }),
    dpi: z.number(),
    text: z.string(),
    markdown: z.string(),
    blocks: z.array(
      z.strictObject({
        bbox: z
          .array(z.number())
          .length(4)
          .meta({ description: '[x0, y0, x1, y1] in pixels of the page image, origin top-left' }),
        category: z.enum(BLOCK_CATEGORIES),
        text: z.string(),
        confidence: z.number().min(0).max(1).nullable(),
        image: z
          .string()
          .nullable()
          .meta({ description: 'Of a picture: its crop, relative to the document' }),
      }),
    ),
    markup: z
      .enum(['plain', 'markdown'])
      .meta({ description: 'How the text of blocks is written' }),
    warnings: z.array(z.string()),
    usage: usageSchema.nullable().meta({ description: 'Tokens that the page cost' }),
  })
  .meta({ id: 'Page' })

/** Answer to a cancel. */
export const cancelledSchema = z.strictObject({ id: z.uuid(), status: state })

/** Limits and engines. */
export const configSchema = z
  .strictObject({
    version: z.string(),
    title: z.string().meta({ description: 'Of the web page' }),
    temporal_ui_url: z.string().nullable().meta({ description: 'Web page of Temporal' }),
    caller: z
      .string()
      .nullable()
      .meta({ description: 'Name of the key that asks; null: none is needed' }),
    limits: z.strictObject({
      max_upload_bytes: count,
      max_pages: count,
      media_types: z.array(z.enum(MEDIA_TYPES)),
      languages: z.array(z.enum(LANGUAGES)),
      dpi: z.strictObject({ min: count, max: count }),
    }),
    engines: z.array(
      z.strictObject({
        id: z.enum(ENGINE_IDS),
        default: z.boolean().meta({ description: 'Taken when none is asked for' }),
        configured: z.boolean().meta({ description: 'Has the server that it needs, if any' }),
        dpi: z.number().meta({ description: 'Resolution when none is asked for' }),
        queue: z.string().meta({ description: 'Task queue of its pages, as /readyz names it' }),
      }),
    ),
  })
  .meta({ id: 'Configuration' })
