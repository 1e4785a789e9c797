import type { z } from 'zod'
import { withDefault, withoutDefault } from './variable.ts'
import { hostPairList, positiveNumber, webhookSecretList, wholeNumber } from './variable-types.ts'

const webhooks = { section: 'Webhooks' } as const

/** The variables of webhooks. */
export const WEBHOOK_VARIABLES = {
  OCR_WEBHOOK_SECRET: withoutDefault(webhookSecretList, '`callback_url` is refused', {
    ...webhooks,
    description:
      "Signs webhooks; `node -p \"'whsec_' + crypto.randomBytes(32).toString('base64')\"` makes one. The same for every api and worker. Two while receivers change from one to the other: both sign.",
  }),
  OCR_WEBHOOK_TIMEOUT_S: withDefault(wholeNumber(1, 30), '10', {
    ...webhooks,
    unit: 's',
    description: 'Time for one try.',
  }),
  OCR_WEBHOOK_RETRY_S: withDefault(positiveNumber(3600), '5', {
    ...webhooks,
    unit: 's',
    description: 'Pause before the second try; it doubles from try to try, up to an hour.',
  }),
  OCR_WEBHOOK_GIVE_UP_S: withDefault(wholeNumber(1, 604_800), '86400', {
    ...webhooks,
    unit: 's',
    description: 'How long an event is tried.',
  }),
  OCR_ALLOWED_WEBHOOK_HOSTS: withDefault(hostPairList, '', {
    ...webhooks,
    description:
      'Receivers that may be told although they are private or on another port than 80 and 443, as `host:port`, separated by commas. Every caller may then have something posted there. The same for every api and worker.',
  }),
}

/** The variables of webhooks, read. */
export type WebhookEnvironment = z.output<z.ZodObject<typeof WEBHOOK_VARIABLES>>
