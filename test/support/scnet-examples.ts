const RESULTS =
  'https://minio.fanhualuomu.top:8088/long-document-parsing/longDocumentParsing/results'

function resultUrl(day: string, name: string, tail: string): string {
  const [taskId = ''] = /\d{19}/.exec(name) ?? []
  return (
    `${RESULTS}/${day}/${taskId}/${name}?response-content-disposition=attachment%3B%20filename%3D%22${name}` +
    `%22%3B%20filename%2A%3DUTF-8%27%27${name}&X-Amz-Algorithm=AWS4-HMAC-SHA256` +
    `&X-Amz-Credential=peihaojie%2F20260519%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=${tail}`
  )
}

/*
 * All JSON of the document "OCR 文档智能服务", in its order, so that the comparison runs without the
 * document. A test compares these with the document.
 */
export const SCNET_EXAMPLES = {
  submit: { file_url: 'https://oss.ksai.scnet.cn:58043/ocr/doc/2135155845...' },
  submitted: {
    code: '200',
    msg: '',
    data: {
      output: { task_status: 'pending', task_id: '0385dc79-5ff8-4d82-bcb6-xxxxxx' },
      request_id: '4909100c-7b5a-9f92-bfe5-xxxxxx',
    },
  },
  error: {
    request_id: 'xxxx',
    error: { code: '404', type: 'model_not_found', message: 'Model xxx not found' },
  },
  result: { task_ids: ['2056706028668284929', '2056703208598626305'] },
  succeeded: {
    code: '0',
    msg: 'success',
    data: [
      {
        output: {
          results: [
            resultUrl(
              '2026/05/19',
              '013_result_2056703208598626305.json',
              '20260519T114740Z&X-Amz-Expires=43200&X-Amz-SignedHeaders=host&X-Amz-Signature=d414e3ff2f9074b036dac1855dad18a67792f3dcb2d2930d9f3605a4c90b111f',
            ),
          ],
          task_id: '2056703208598626305',
          task_status: 'succeeded',
          submit_time: '2026-05-19 19:47:11',
          end_time: '2026-05-19 19:47:40',
        },
        usage: { image_count: 1 },
        request_id: '5e726f4f7d518259',
      },
      {
        output: {
          results: [
            resultUrl(
              '2026/05/19',
              '014_result_2056706028668284929.json',
              '20260519T115855Z&X-Amz-Expires=43200&X-Amz-SignedHeaders=host&X-Amz-Signature=89707d665c259c91d00bedc289e4d20922b3b8936548d793d8b0e20b4e38e751',
            ),
          ],
          task_id: '2056706028668284929',
          task_status: 'succeeded',
          submit_time: '2026-05-19 19:58:24',
          end_time: '2026-05-19 19:58:55',
        },
        usage: { image_count: 1 },
        request_id: '5e726f4f7d518259',
      },
    ],
  },
  running: {
    code: '200',
    msg: '',
    data: [
      {
        request_id: '8ae698ba-df2d-966c-abcf-xxxxxx',
        output: {
          task_id: 'e56d806f-76f9-4037-aefa-xxxxxx',
          task_status: 'running',
          submit_time: '2026-04-20 19:33:50.425',
        },
      },
    ],
  },
  failed: {
    code: '200',
    msg: '',
    data: [
      {
        request_id: 'c61fe158-c0de-40f0-b4d9-964625119ba4',
        output: {
          task_id: '86ecf553-d340-4e21-xxxxxxxxx',
          task_status: 'failed',
          submit_time: '2025-11-11 11:46:28.116',
          end_time: '2025-11-11 11:46:28.255',
          error_code: 'limit_burst_rate',
          error_message: 'Burst rate limit exceeded for model xxx',
        },
      },
    ],
  },
} as const

/** The JSON examples of the document in their order; it has them without fences. */
export function scnetExamplesOf(document: string): unknown[] {
  return [...document.matchAll(/^json\n(?=\{)/gm)].map(({ 0: mark, index }) => {
    const text = document.slice(index + mark.length)
    let depth = 0
    // No string of the document has a brace in it.
    const end = Array.from(text).findIndex((character) => {
      depth += Number(character === '{') - Number(character === '}')
      return depth === 0
    })
    return JSON.parse(
      Array.from(text)
        .slice(0, end + 1)
        .join(''),
    )
  })
}

/** The documented part of an answer: what our other form and our ids add at its top is left out. */
export function wrappedForm(body: Readonly<Record<string, unknown>>): unknown {
  const { output: _mirror, request_id: _snakeCase, requestId: _camelCase, ...wrapped } = body
  return wrapped
}

/** Keys and value types of a body: `{ image_count: 'number' }`. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shapeOf(inner)]))
}
