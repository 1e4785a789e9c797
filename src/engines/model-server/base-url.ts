/**
 * The base of the chat API for a URL as people write it: without slashes or `/chat/completions` at
 * the end, and with `/v1` where no version stands in the path.
 *
 * @throws {TypeError} when it is not a URL; the configuration has checked that
 */
export function chatBaseUrl(text: string): string {
  const url = new URL(text.trim())
  const path = url.pathname.replace(/\/+$/, '').replace(/(?:\/chat)?\/completions$/, '')
  // Other versions are left alone: some services have `/v4`, or `/v1beta/openai`.
  const hasVersion = path.split('/').some((segment) => /^v\d/.test(segment))
  return `${url.origin}${path}${hasVersion ? '' : '/v1'}`
}

/** Where a server answers beside its chat API (`/health`, `/version`): one level above `/v1`. */
export function serverRootUrl(chatUrl: string): string {
  return chatUrl.replace(/\/v\d[^/]*$/, '')
}
