import { TASK_QUEUE } from './names.ts'

/** Which policy an engine's page activity runs under. */
export type EngineClass = 'cpu' | 'remote' | 'gpu'

/**
 * The engines that can be asked for: where their pages go, at which resolution pages are drawn for
 * them (dots per inch), and how many pages of one document are under way at once. A window of twice
 * the usual slots hides the ~45 ms between two steps of a lane; a modest one keeps callers equal.
 */
export const ENGINES = {
  paddle: { engineClass: 'cpu', queue: TASK_QUEUE.cpu, dpi: 200, windowPages: 4 },
  tesseract: { engineClass: 'cpu', queue: TASK_QUEUE.cpu, dpi: 200, windowPages: 4 },
} as const satisfies Record<
  string,
  { engineClass: EngineClass; queue: string; dpi: number; windowPages: number }
>

/** Id of an engine. */
export type EngineId = keyof typeof ENGINES

/** Ids of all engines, for schemas. */
export const ENGINE_IDS = ['paddle', 'tesseract'] as const satisfies readonly EngineId[]

/** Languages that can be asked for. Engines that know no choice read all of them anyway. */
export const LANGUAGES = ['zh', 'en'] as const

/** A language: simplified Chinese or English. */
export type Language = (typeof LANGUAGES)[number]
