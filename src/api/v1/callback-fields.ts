import { z } from 'zod'
import type { WebhooksConfig } from '../../config/webhooks-config.ts'
import {
  DEFAULT_WEBHOOK_EVENTS,
  WEBHOOK_EVENT_TYPES,
  type Callback,
  type WebhookEventType,
} from '../../contract/webhooks.ts'
import { OcrError } from '../../platform/errors.ts'
import { checkUrl } from '../../platform/safe-fetch/url-rules.ts'
import { RequestError } from '../http/request-error.ts'

const events = z
  .string()
  .transform((text) => [...new Set(text.split(',').map((name) => name.trim()))])
  .refine(
    (names): names is WebhookEventType[] => names.every(isEvent),
    `expected a comma-separated list of ${WEBHOOK_EVENT_TYPES.join(', ')}`,
  )
  .meta({
    description: 'What `callback_url` is told; by default how the document ended',
    example: 'document.completed,document.failed',
    override: { type: 'string' },
  })

/** In JSON also as a list. */
export const callbackEventList = z
  .union([z.array(z.string()).transform((names) => names.join(',')), z.string()])
  .pipe(events)
  .meta({
    description: 'What `callback_url` is told; by default how the document ended',
    example: ['document.completed', 'document.failed'],
  })

/** Fields of a submit that ask for webhooks. */
export const callbackFields = {
  callback_url: z
    .string()
    .meta({
      description: 'Where webhooks are posted to: http or https, on a public address',
      example: 'https://example.com/ocr-webhooks',
    })
    .optional(),
  callback_events: events.optional(),
}

/** The fields, read. */
export type CallbackFields = z.output<z.ZodObject<typeof callbackFields>>

/**
 * Who is to be told of a document; `null`: nobody. Nothing is connected to.
 *
 * @throws {OcrError} `WEBHOOKS_DISABLED`, `URL_NOT_ALLOWED`; `REQUEST_MALFORMED` for events without
 *   a URL
 */
export function readCallback(
  fields: CallbackFields,
  { secrets, urlRules }: Pick<WebhooksConfig, 'secrets' | 'urlRules'>,
): Callback | null {
  const { callback_url: url, callback_events: chosen } = fields
  if (url === undefined) {
    if (chosen === undefined) return null
    throw new RequestError('callback_events: expected only beside callback_url')
  }
  if (secrets.length === 0)
    throw new OcrError('WEBHOOKS_DISABLED', 'Cannot accept the callback: there is no secret', {
      publicDetail: 'callback_url is not accepted: webhooks are not set up on this server',
    })
  // In the form that it was judged in.
  const { href } = checkUrl(url, urlRules)
  return { url: href, events: chosen ?? DEFAULT_WEBHOOK_EVENTS }
}

function isEvent(name: string): name is WebhookEventType {
  return WEBHOOK_EVENT_TYPES.some((type) => type === name)
}
