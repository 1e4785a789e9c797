import type { IncomingMessage } from 'node:http'
import { isPassword } from './path-password.ts'

/** What an upgrade request asks for. */
export type SocketPath = {
  /** As the client gave it; `null`: none, or an empty one. */
  readonly clientId: string | null
}

/** Where sockets are. */
export type SocketPathOptions = {
  /** Prefixes of the dialect, `''` for the root. */
  readonly prefixes: readonly string[]
  /** The path password; empty: the path is `/ws` alone. */
  readonly password: string
}

const MAX_CLIENT_ID_LENGTH = 200

/** Reads the path of an upgrade request; `null` when it leads to no socket of ours. */
export function readSocketPath(
  request: Pick<IncomingMessage, 'url'>,
  { prefixes, password }: SocketPathOptions,
): SocketPath | null {
  const url = URL.parse(`http://localhost${request.url ?? ''}`)
  if (url === null) return null
  const given = prefixes.flatMap((prefix) =>
    url.pathname.startsWith(`${prefix}/`) ? [url.pathname.slice(prefix.length)] : [],
  )
  if (!given.some((path) => isSocketPath(path, password))) return null
  const clientId = url.searchParams.get('client_id')?.slice(0, MAX_CLIENT_ID_LENGTH) ?? ''
  return { clientId: clientId === '' ? null : clientId }
}

function isSocketPath(path: string, password: string): boolean {
  if (password === '') return path === '/ws'
  const [, segment, ...rest] = path.split('/')
  return rest.length === 1 && rest[0] === 'ws' && isPassword(segment ?? '', password)
}
