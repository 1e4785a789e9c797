/** How many tasks one request may ask for; the gateway reads as many with one call. */
export const MAX_TASK_IDS = 100

const TASK_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Tells whether a text may be the id of a task; what may not is malformed rather than unknown. */
export function isTaskId(text: string): boolean {
  return TASK_ID.test(text)
}
