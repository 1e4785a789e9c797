export { deliverPageWebhooks, deliverWebhooks } from './deliver-webhooks.ts'
export { processDocument } from './process-document.ts'
export { sweepExpired } from './sweep-expired.ts'
