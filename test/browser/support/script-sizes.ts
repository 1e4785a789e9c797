import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'

/** Sizes of scripts by their names: bytes, gzipped as far as gzip goes. */
export type ScriptSizes = readonly (readonly [name: string, size: number])[]

/** Sizes of the scripts among what was requested. */
export async function scriptSizes(requests: readonly string[]): Promise<ScriptSizes> {
  const scripts = [...new Set(requests)].filter((url) => new URL(url).pathname.endsWith('.js'))
  return Promise.all(
    scripts.map(async (url) => {
      const bytes = await (await fetch(url)).bytes()
      const name = new URL(url).pathname.replace(/^.*\/static\//, '')
      return [name, gzipSync(bytes, { level: 9 }).length] as const
    }),
  )
}

/** Bytes of all of them. */
export function totalOf(sizes: ScriptSizes): number {
  return sizes.reduce((total, [, size]) => total + size, 0)
}

/** Fails when a visitor has loaded more than so many bytes of scripts, and tells how many in any case. */
export async function assertScriptsWithin(
  t: TestContext,
  requests: readonly string[],
  maxBytes: number,
): Promise<void> {
  const sizes = await scriptSizes(requests)
  const names = sizes.map(([name, size]) => `${name} ${size}`).join(', ')
  const told = `${totalOf(sizes)} B of at most ${maxBytes} B in ${names}`
  t.diagnostic(told)
  assert.ok(sizes.length > 1, told)
  assert.ok(totalOf(sizes) <= maxBytes, told)
}
