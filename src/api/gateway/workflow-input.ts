import type {
  DocumentRequest,
  FallbackEngine,
  ProcessDocumentInput,
} from '../../contract/document.ts'
import { ENGINES, type EngineId } from '../../contract/engines.ts'
import type { Callback, CallbackPlan } from '../../contract/webhooks.ts'
import { engineQueueOf, type DocumentQueues } from './document-queues.ts'
import type { Submission } from './submission.ts'

/** A run of 400 pages replays in well under a second. */
const PAGES_PER_RUN = 400
/** A batch is drawn by one guarded child; more would delay the first pages. */
const PAGES_PER_RASTER_BATCH = 25
/** DeepSeek's run-aways are asked about once more, with other sampling. */
const QUESTION_LADDER = { dots: ['default'], deepseek: ['default', 'resample'] } as const

/** What decides where a document is worked on. */
export type WorkflowSettings = {
  readonly queues: DocumentQueues
  /** Takes over pages that an engine behind a server cannot read; `null`: none does. */
  readonly fallbackEngine: EngineId | null
  /** Replaces the engine's own window. */
  readonly windowPages: number | null
  /** How long each webhook is tried. */
  readonly webhookLifeMs: number
}

/** A submission, as far as the workflow is told of it, and who sent it. */
type Submitted = Pick<Submission, 'deadlineMs' | 'windowPages' | 'maxRetries'> & {
  readonly submitter: string
}

/** Input of the workflow of a submission. */
export function inputOf(
  { queues, windowPages: replacedWindow, fallbackEngine, webhookLifeMs }: WorkflowSettings,
  { documentId, sha256, engine, pages, question, callback }: DocumentRequest,
  { submitter, deadlineMs, windowPages, maxRetries }: Submitted,
): ProcessDocumentInput {
  // Whoever asks the model himself gets its answer, and no other engine's.
  const isOwnQuestion = question !== undefined && question !== null
  return {
    documentId,
    documentSha256: sha256,
    engine,
    engineClass: ENGINES[engine].engineClass,
    engineQueue: engineQueueOf(engine, queues),
    ladder: isOwnQuestion ? QUESTION_LADDER[question.model] : ENGINES[engine].ladder,
    fallback: isOwnQuestion ? null : fallbackOf(engine, { queues, fallbackEngine }),
    cpuQueue: queues.cpu,
    pages,
    ...(maxRetries === undefined ? {} : { maxRetries }),
    fairnessKey: submitter,
    ...(callback ? { callback: planOf(callback, { queues, webhookLifeMs }) } : {}),
    windowPages: replacedWindow ?? windowPages ?? ENGINES[engine].windowPages,
    pagesPerRun: PAGES_PER_RUN,
    pagesPerRasterBatch: PAGES_PER_RASTER_BATCH,
    deadlineAtMs: deadlineMs === null ? null : Date.now() + deadlineMs,
    resume: null,
  }
}

/** What workflows are told of a callback. */
export function planOf(
  { events }: Pick<Callback, 'events'>,
  { queues, webhookLifeMs }: Pick<WorkflowSettings, 'queues' | 'webhookLifeMs'>,
): CallbackPlan {
  return { events, giveUpAfterMs: webhookLifeMs, queue: queues.webhooks }
}

/** The built-in engines need none: what they cannot read, another one of them cannot either. */
function fallbackOf(
  engine: EngineId,
  { queues, fallbackEngine }: Pick<WorkflowSettings, 'queues' | 'fallbackEngine'>,
): FallbackEngine | null {
  if (fallbackEngine === null || fallbackEngine === engine) return null
  if (ENGINES[engine].engineClass === 'cpu') return null
  return {
    engine: fallbackEngine,
    engineClass: ENGINES[fallbackEngine].engineClass,
    engineQueue: engineQueueOf(fallbackEngine, queues),
  }
}
