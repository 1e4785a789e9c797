import { TASK_QUEUE } from './names.ts'

/** Which policy an engine's page activity runs under. */
export type EngineClass = 'cpu' | 'remote' | 'gpu'

/**
 * The ways in which a page can be asked for, in the order in which they are tried: `default`;
 * `resample` the same with other sampling; `regions` the layout first, then the text of each cell;
 * `plain-text` without layout. An engine that knows one way only answers any of them alike.
 */
export const LADDER_STEPS = ['default', 'resample', 'regions', 'plain-text'] as const

/** One of {@link LADDER_STEPS}. */
export type LadderStep = (typeof LADDER_STEPS)[number]

/** What is settled about an engine before any of its code is loaded. */
export type EngineFacts = {
  readonly engineClass: EngineClass
  /** Where its pages go. */
  readonly queue: string
  /** Resolution at which pages are drawn for it, in dots per inch. */
  readonly dpi: number
  /**
   * Pages of one document under way at once. Twice the usual slots hides the ~45 ms between two
   * steps of a lane; a modest window keeps callers equal.
   */
  readonly windowPages: number
  /** Steps that the workflow takes one after the other while the answers are nonsense. */
  readonly ladder: readonly LadderStep[]
}

/** The engines that can be asked for. */
export const ENGINES = {
  paddle: cpuEngine(),
  tesseract: cpuEngine(),
  llm: {
    engineClass: 'remote',
    queue: TASK_QUEUE.remote,
    dpi: 200,
    windowPages: 32,
    ladder: ['default', 'resample'],
  },
  ollama: {
    engineClass: 'remote',
    queue: TASK_QUEUE.ollama,
    dpi: 200,
    windowPages: 4,
    ladder: ['default', 'resample'],
  },
  dots: {
    engineClass: 'gpu',
    queue: TASK_QUEUE.dots,
    dpi: 200,
    windowPages: 64,
    ladder: ['default', 'resample', 'regions', 'plain-text'],
  },
  // Its tiles are at most 6 × 640²: above 200 dpi nothing is gained, and equal images are shared.
  deepseek: {
    engineClass: 'gpu',
    queue: TASK_QUEUE.deepseek,
    dpi: 200,
    windowPages: 64,
    ladder: ['default', 'resample'],
  },
} as const satisfies Record<string, EngineFacts>

/** Id of an engine. */
export type EngineId = keyof typeof ENGINES

/** Ids of all engines, for schemas. */
export const ENGINE_IDS = [
  'paddle',
  'tesseract',
  'llm',
  'ollama',
  'dots',
  'deepseek',
] as const satisfies readonly EngineId[]

/** Engines that work on the host of an `ocr-cpu` worker: always there, with nothing to configure. */
export const CPU_ENGINE_IDS = ['paddle', 'tesseract'] as const satisfies readonly EngineId[]

/** One of {@link CPU_ENGINE_IDS}. */
export type CpuEngineId = (typeof CPU_ENGINE_IDS)[number]

/** Languages that can be asked for. Engines that know no choice read all of them anyway. */
export const LANGUAGES = ['zh', 'en'] as const

/** A language: simplified Chinese or English. */
export type Language = (typeof LANGUAGES)[number]

function cpuEngine() {
  return {
    engineClass: 'cpu',
    queue: TASK_QUEUE.cpu,
    dpi: 200,
    windowPages: 4,
    ladder: ['default'],
  } as const satisfies EngineFacts
}
