import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Exchange } from '../../../../src/platform/safe-fetch/exchange.ts'
import { redirected } from '../../../../src/platform/safe-fetch/redirect.ts'
import { REFUSED_URLS, RULES } from './refused-urls.ts'

/** A server that may be asked sends us elsewhere. */
function redirectTo(location: string): Exchange {
  return {
    status: 302,
    header: (name) => (name === 'location' ? location : null),
    body: (async function* () {})(),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

/** What is relative leads to the server that we come from. */
const ABSOLUTE = REFUSED_URLS.filter((url) =>
  /^\s*\w+:\/\/|^(?:data|blob|javascript|unix):/i.test(url),
)

describe('redirected', () => {
  it('is asked for at least 60', () => {
    assert.ok(ABSOLUTE.length >= 60)
  })

  for (const url of ABSOLUTE)
    it(`goes on to no ${JSON.stringify(url).slice(0, 60)}`, () => {
      const from = new URL('http://files.example/a.pdf')

      assert.throws(() => redirected(from, redirectTo(url), RULES), {
        code: URL.canParse(url) ? 'URL_NOT_ALLOWED' : 'FETCH_FAILED',
      })
    })

  it('does not leave encryption behind', () => {
    const from = new URL('https://files.example/a.pdf')

    assert.throws(() => redirected(from, redirectTo('http://files.example/a.pdf'), RULES), {
      code: 'URL_NOT_ALLOWED',
    })
  })

  it('goes on to a public host, and to an allowed pair', () => {
    const from = new URL('http://files.example/a/b.pdf')
    const locations = ['https://example.com/c.pdf', '//store.example:9000/c.pdf', 'c.pdf']

    assert.deepEqual(
      locations.map((location) => redirected(from, redirectTo(location), RULES).href),
      [
        'https://example.com/c.pdf',
        'http://store.example:9000/c.pdf',
        'http://files.example/a/c.pdf',
      ],
    )
  })
})
