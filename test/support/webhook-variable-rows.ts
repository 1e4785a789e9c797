import type { VariableRow } from './engine-variable-rows.ts'

/** Two secrets for webhooks, the newer one first. */
export const WEBHOOK_SECRETS = [
  `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  `whsec_${Buffer.alloc(24, 9).toString('base64')}`,
] as const

/** The variables of webhooks, one good and one bad value each. */
export const WEBHOOK_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_WEBHOOK_SECRET: {
    good: WEBHOOK_SECRETS.join(', '),
    reads: (c) => c.webhooks.secrets.map((secret) => secret.reveal()),
    as: [...WEBHOOK_SECRETS],
    bad: null,
  },
  OCR_WEBHOOK_TIMEOUT_S: { good: '3', reads: (c) => c.webhooks.timeoutMs, as: 3_000, bad: '31' },
  OCR_WEBHOOK_RETRY_S: { good: '0.5', reads: (c) => c.webhooks.firstRetryMs, as: 500, bad: '0' },
  OCR_WEBHOOK_GIVE_UP_S: {
    good: '60',
    reads: (c) => c.webhooks.giveUpAfterMs,
    as: 60_000,
    bad: '0',
  },
  OCR_ALLOWED_WEBHOOK_HOSTS: {
    good: 'hooks:9000',
    reads: (c) => c.webhooks.urlRules.allowedHosts,
    as: ['hooks:9000'],
    bad: 'hooks',
  },
}
