import { z } from 'zod'
import { createFakeOpenai } from './fake-openai.ts'
import { textReply, type FakeReply } from './fake-reply.ts'
import { createFakeVllm } from './fake-vllm.ts'

/**
 * Runs a fake server as a process of its own, for tests that kill things and for measuring:
 *
 *     node test/support/fakes/fake-model-main.ts '{"kind":"dots","port":18001,"delayMs":5}'
 *
 * Prints `{"url":…}` once it listens, and a line of JSON with its counts on SIGUSR2; ends on SIGTERM.
 */
const settings = z
  .strictObject({
    kind: z.enum(['dots', 'deepseek', 'openai']),
    port: z.int().min(0).max(65_535).default(0),
    apiKey: z.string().optional(),
    servedName: z.string().optional(),
    /** The default answer, instead of the model's own. */
    text: z.string().optional(),
    pieceLength: z.int().positive().optional(),
    delayMs: z.int().nonnegative().optional(),
    /** Any reply of the scripts, as JSON. */
    script: z.array(z.custom<FakeReply>((value) => typeof value === 'object')).default([]),
  })
  .parse(JSON.parse(process.argv[2] ?? '{}'))

const { kind, port, apiKey, servedName, text, pieceLength, delayMs, script } = settings
const pace = {
  ...(pieceLength === undefined ? {} : { pieceLength }),
  ...(delayMs === undefined ? {} : { delayMs }),
}
const common = {
  port,
  ...(apiKey === undefined ? {} : { apiKey }),
  ...(text === undefined ? {} : { reply: textReply(text, pace) }),
}
const server = await (kind === 'openai'
  ? createFakeOpenai({ ...common, ...(servedName === undefined ? {} : { models: [servedName] }) })
  : createFakeVllm({ ...common, model: kind, ...(servedName === undefined ? {} : { servedName }) }))
server.script(...script)

process.on('SIGUSR2', () => {
  const { requests, problems, connectionCount } = server
  const aborted = requests.filter((request) => request.aborted).length
  console.log(JSON.stringify({ requests: requests.length, aborted, connectionCount, problems }))
})
process.on('SIGTERM', () => void server[Symbol.asyncDispose]())
console.log(JSON.stringify({ url: server.url }))
