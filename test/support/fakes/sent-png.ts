/** The first image of a chat request, OpenAI's or Ollama's. */
export function sentPng(body: unknown): Uint8Array {
  const text = JSON.stringify(body)
  const base64 =
    /data:image\/png;base64,([A-Za-z0-9+/=]+)/.exec(text)?.[1] ??
    /"images":\["([A-Za-z0-9+/=]+)"/.exec(text)?.[1]
  if (base64 === undefined) throw new Error('The request has no image')
  return Buffer.from(base64, 'base64')
}
