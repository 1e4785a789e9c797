import type { Client } from '@temporalio/client'

/** All that a Temporal server tells of its workflows. */
export type TemporalDump = {
  /** By workflow id and run: history, memo, search attributes, summary, details, current details. */
  readonly texts: ReadonlyMap<string, string>
}

/**
 * Reads every run of a namespace as an operator could: everything is text, payloads are decoded, and
 * what is base64 in JSON stands there decoded too.
 */
export async function dumpTemporal(client: Client): Promise<TemporalDump> {
  const texts = new Map<string, string>()
  for await (const { workflowId, runId } of client.workflow.list()) {
    const handle = client.workflow.getHandle(workflowId, runId)
    const description = await handle.describe()
    const details = await handle.query('__temporal_workflow_metadata').catch(() => null)
    const parts = [await handle.fetchHistory(), description.raw, details]
    texts.set(`${workflowId} ${runId}`, parts.map(textOf).join('\n'))
  }
  for await (const { scheduleId } of client.schedule.list()) {
    const { raw } = await client.schedule.getHandle(scheduleId).describe()
    texts.set(`schedule ${scheduleId}`, textOf(raw))
  }
  return { texts }
}

/** Every text in a value, whatever it lies in; payloads are decoded. */
export function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, part]) => `${name}: ${textOf(part)}`)
    .join('\n')
}
