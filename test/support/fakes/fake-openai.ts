import { readChatRequest } from './check-chat-request.ts'
import type { FakeReply, FakeReplySource } from './fake-reply.ts'
import { startFakeModelServer, type FakeModelServer } from './fake-model-server.ts'

/** What a fake OpenAI offers. */
export type FakeOpenaiOptions = {
  /** Ids of its models; `fake-vision` by default. */
  readonly models?: readonly string[]
  readonly apiKey?: string
  readonly port?: number
  /** Fields that it rejects with a 400 that names them. */
  readonly refuses?: readonly string[]
  readonly reply?: FakeReplySource
}

/** Starts a server that speaks OpenAI's chat API, and asserts `detail: "high"` and data URLs. */
export function createFakeOpenai(options: FakeOpenaiOptions = {}): Promise<FakeModelServer> {
  const models = options.models ?? ['fake-vision']
  return startFakeModelServer({
    apiKey: options.apiKey ?? null,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.reply === undefined ? {} : { reply: options.reply }),
    checkRequest: (body) => [...readChatRequest(body).problems],
    answerFirst(body) {
      const { fields } = readChatRequest(body)
      const refused = options.refuses?.find((name) => name in fields)
      return refused === undefined ? null : { reply: unsupportedReply(refused), isProbe: false }
    },
    pages: {
      '/v1/models': {
        object: 'list',
        data: models.map((id) => ({ id, object: 'model', owned_by: 'fake' })),
      },
    },
  })
}

/** OpenAI's answer to a parameter that the model does not take. */
export function unsupportedReply(name: string): FakeReply {
  return {
    kind: 'status',
    status: 400,
    body: {
      error: {
        message: `Unsupported parameter: '${name}' is not supported with this model.`,
        type: 'invalid_request_error',
        param: name,
        code: 'unsupported_parameter',
      },
    },
  }
}

/** An account without credit: a 429 that no waiting helps. */
export const QUOTA_REPLY: FakeReply = {
  kind: 'status',
  status: 429,
  body: {
    error: {
      message: 'You exceeded your current quota, please check your plan and billing details.',
      type: 'insufficient_quota',
      param: null,
      code: 'insufficient_quota',
    },
  },
}

/** SiliconFlow's shape of an error. */
export const SILICONFLOW_NO_MODEL_REPLY: FakeReply = {
  kind: 'status',
  status: 400,
  body: { code: 20012, message: 'Model does not exist. Please check it carefully.', data: null },
}
