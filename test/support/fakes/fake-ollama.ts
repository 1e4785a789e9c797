import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { z } from 'zod'
import { assertedProblems } from './ollama-assertions.ts'
import { playReply, type OllamaReply } from './ollama-replies.ts'

/** A model that the fake has installed. */
export type FakeOllamaModel = { readonly name: string; readonly capabilities: readonly string[] }

/** A request of any path as the fake saw it. `aborted`: the caller closed it before its end. */
export type OllamaRequest = {
  readonly atMs: number
  readonly path: string
  readonly body: unknown
  aborted: boolean
}

/** An Ollama on loopback that answers as scripted; see {@link OllamaReply}. */
export type FakeOllama = AsyncDisposable & {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  readonly requests: readonly OllamaRequest[]
  /** Requests to `/api/chat` alone. */
  readonly chats: readonly OllamaRequest[]
  /** What was wrong with requests; a test asserts that nothing was. */
  readonly problems: readonly string[]
  /** The next answers of `/api/chat`; then the default again. */
  script(...replies: readonly OllamaReply[]): void
  setDefault(reply: OllamaReply | ((body: unknown) => Promise<OllamaReply>)): void
  setModels(...models: readonly FakeOllamaModel[]): void
  /** Answers of other paths, instead of the usual ones. */
  setLookup(path: string, reply: OllamaReply): void
}

/** Name of the model that the fake has unless told otherwise. */
export const FAKE_OLLAMA_MODEL = 'fake-vision:latest'

// More than any page of ours.
const MAX_BODY_BYTES = 64 * 1024 * 1024

/** Starts a fake Ollama in this process on a free port. */
export async function createFakeOllama(): Promise<FakeOllama> {
  const requests: OllamaRequest[] = []
  const problems: string[] = []
  const scripted: OllamaReply[] = []
  const lookups = new Map<string, OllamaReply>()
  const sockets = new Set<Socket>()
  let models: readonly FakeOllamaModel[] = [
    { name: FAKE_OLLAMA_MODEL, capabilities: ['completion', 'vision'] },
  ]
  let usual: OllamaReply | ((body: unknown) => Promise<OllamaReply>) = {
    kind: 'ok',
    text: '# Title\n\nA page.',
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    const body = parseJson(await bodyOf(request))
    const record: OllamaRequest = { atMs: Date.now(), path, body, aborted: false }
    requests.push(record)
    response.on('close', () => {
      record.aborted = !response.writableFinished
    })
    if (path === '/api/chat') {
      problems.push(...assertedProblems(body))
      const next = scripted.shift() ?? usual
      await playReply(typeof next === 'function' ? await next(body) : next, response)
    } else {
      const reply = lookups.get(path) ?? lookupReply({ path, method: request.method }, body, models)
      await playReply(reply, response)
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A caller that went away is recorded above.
      if (!response.destroyed) problems.push(`The fake failed: ${String(error)}`)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  return {
    url: await listen(server),
    requests,
    get chats() {
      return requests.filter(({ path }) => path === '/api/chat')
    },
    problems,
    script: (...replies) => void scripted.push(...replies),
    setDefault: (reply) => void (usual = reply),
    setModels: (...installed) => void (models = installed),
    setLookup: (path, reply) => void lookups.set(path, reply),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const SHOW_BODY = z.object({ model: z.string() })

function lookupReply(
  { path, method }: { path: string; method: string | undefined },
  body: unknown,
  models: readonly FakeOllamaModel[],
): OllamaReply {
  const names = models.map(({ name }) => ({ name, model: name, digest: 'c0ffee', size: 1 }))
  if (path === '/') return { kind: 'status', status: 200, body: 'Ollama is running' }
  // What a build from source calls itself.
  if (path === '/api/version') return json({ version: '0.0.0' })
  if (path === '/api/tags') return json({ models: names })
  if (path === '/api/ps') return json({ models: [] })
  if (path === '/api/show' && method === 'POST') {
    const name = SHOW_BODY.safeParse(body).data?.model ?? ''
    const found = models.find((model) => [name, `${name}:latest`].includes(model.name))
    if (found !== undefined) return json({ capabilities: found.capabilities, details: {} })
    return { kind: 'status', status: 404, body: { error: `model '${name}' not found` } }
  }
  return { kind: 'status', status: 404, body: '404 page not found' }
}

function json(body: object): OllamaReply {
  return { kind: 'status', status: 200, body }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    // Without an encoding set, a request gives buffers.
    const bytes = chunk as Buffer
    size += bytes.length
    if (size > MAX_BODY_BYTES) throw new Error('The request is too large for the fake')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address with a port.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
