import { basename } from 'node:path'

/** Something to read. */
export type Input = {
  /** As the person named it, for lines about it. */
  readonly label: string
  /** File name, for the server and for the result. */
  readonly name: string
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'url'; readonly url: string }
    /** A pipe; `null`: standard input. */
    | { readonly kind: 'stream'; readonly path: string | null }
}

/** A file of this machine. */
export function fileInput(path: string): Input {
  return { label: path, name: basename(path), source: { kind: 'file', path } }
}

/** A file that the server fetches; its name is the last part of the path. */
export function urlInput(url: URL): Input {
  return { label: url.href, name: nameOf(url), source: { kind: 'url', url: url.href } }
}

/** A named pipe such as `<(…)`; `null`: standard input. */
export function streamInput(path: string | null): Input {
  const name = path === null ? 'stdin' : basename(path)
  return { label: path ?? '-', name, source: { kind: 'stream', path } }
}

function nameOf(url: URL): string {
  const last = url.pathname.split('/').findLast((part) => part !== '') ?? ''
  const name = decode(last).replaceAll(/[/\\\p{Cc}]/gu, '_')
  return /[^._\s]/.test(name) ? name.slice(0, 100) : url.hostname
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
