import type { TestApi } from './test-api.ts'

/** What SCNet needs, and the others ignore. */
export const TOKEN = { authorization: 'Bearer sk-1' } as const

/** Whose envelope a failure is in, by its keys. */
const ENVELOPES: Readonly<Record<string, string>> = {
  'code,error': 'Py OCR',
  error: 'dots',
  detail: 'Qianxia or DeepSeek',
  'code,error,msg,requestId,request_id': 'SCNet',
  'code,instance,request_id,status,title,type': 'problem',
  'detail,detail_code,error': 'dots and DeepSeek',
}

/** The keys of a body in their order; none of a body that is no JSON. */
export async function keysOf(response: Response): Promise<readonly string[]> {
  const type = response.headers.get('content-type') ?? ''
  const text = await response.text()
  return type.includes('json') ? Object.keys(JSON.parse(text)).toSorted() : []
}

/** Status of an answer, and whose envelope it is in; the keys themselves when it is in none. */
export async function refusalOf(
  api: TestApi,
  path: string,
  method = 'GET',
): Promise<{ readonly status: number; readonly from: string }> {
  const response = await api.fetch(path, { method, headers: TOKEN })
  const keys = (await keysOf(response)).join()
  return { status: response.status, from: ENVELOPES[keys] ?? keys }
}
