/** What a client may ask for. */
export type ClientMessage =
  | { readonly type: 'ping' }
  | { readonly type: 'subscribe' | 'unsubscribe' | 'status'; readonly taskId: string }
  /** Cannot be answered but with this text. */
  | { readonly type: 'refused'; readonly message: string }

/** A message of ours; the time is added where it is sent. */
export type ServerMessage = { readonly type: string } & Readonly<Record<string, unknown>>

const TASK_MESSAGES = new Map([
  ['subscribe_task', 'subscribe'],
  // The name in V1.0.
  ['subscribe', 'subscribe'],
  ['unsubscribe_task', 'unsubscribe'],
  ['get_task_status', 'status'],
] as const)

// What is repeated to the client of what it sent.
const MAX_REPEATED_LENGTH = 100

/** Reads a message of a client. */
export function parseClientMessage(text: string): ClientMessage {
  const fields = parseObject(text)
  if (fields === null) return { type: 'refused', message: 'JSON格式错误' }
  const type = typeof fields['type'] === 'string' ? fields['type'] : ''
  if (type === 'ping') return { type }
  const wanted = new Map<string, 'subscribe' | 'unsubscribe' | 'status'>(TASK_MESSAGES).get(type)
  if (wanted === undefined)
    return { type: 'refused', message: `未知消息类型: ${type.slice(0, MAX_REPEATED_LENGTH)}` }
  const taskId = fields['task_id']
  if (typeof taskId !== 'string' || taskId === '')
    return { type: 'refused', message: '缺少task_id参数' }
  return { type: wanted, taskId }
}

/** An error as clients know it. */
export function errorMessage(message: string): ServerMessage {
  return { type: 'error', message }
}

function parseObject(text: string): Record<string, unknown> | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  // An object of JSON has string keys only.
  return value as Record<string, unknown>
}
