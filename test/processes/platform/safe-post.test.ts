import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openSocket } from '../../../src/platform/safe-fetch/guarded-connection.ts'
import { safePost, type SafePostOptions } from '../../../src/platform/safe-post.ts'
import { failureOf } from '../../support/failure-of.ts'
import { serve } from '../../support/serve.ts'

const PUBLIC = '93.184.215.14'
const PRIVATE = '10.0.0.7'

/** A post to a public name whose addresses the test tells. */
function post(change: Partial<SafePostOptions> = {}) {
  return safePost({
    url: 'http://hooks.example.com/a?b=c',
    headers: { 'content-type': 'application/json' },
    body: '{"a":1}',
    timeoutMs: 60_000,
    signal: new AbortController().signal,
    allowedHosts: [],
    allowedPorts: [],
    resolve: async () => [PUBLIC],
    open: async () => assert.fail('a connection was opened'),
    ...change,
  })
}

describe('safePost', () => {
  it('asks for the addresses of a name once, and connects to these only', async () => {
    let asked = 0
    const seen: (readonly string[])[] = []
    const resolve = async (): Promise<string[]> => {
      asked += 1
      // The second answer is what an attacker would have the connection go to.
      return [asked === 1 ? PUBLIC : PRIVATE]
    }

    await failureOf(
      post({
        resolve,
        open: async ({ addresses }) => {
          seen.push(addresses)
          throw Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
        },
      }),
    )

    assert.equal(asked, 1)
    assert.deepEqual(seen, [[PUBLIC]])
  })

  it('sends nothing over a connection that leads elsewhere', async () => {
    let received = 0
    await using server = await serve((_req, res) => {
      received += 1
      res.end()
    })

    const failure = await failureOf(
      post({
        open: (target) => openSocket({ ...target, addresses: ['127.0.0.1'], port: server.port }),
      }),
    )

    assert.equal(failure.code, 'FETCH_FAILED')
    assert.equal(received, 0)
  })

  it('refuses a name with one private address among public ones', async () => {
    const failure = await failureOf(post({ resolve: async () => [PUBLIC, PRIVATE] }))

    assert.equal(failure.code, 'URL_NOT_ALLOWED')
  })

  it('refuses URLs by what their text shows', async () => {
    for (const url of ['http://127.0.0.1/', 'ftp://example.com/', 'http://user:p@example.com/'])
      assert.equal((await failureOf(post({ url }))).code, 'URL_NOT_ALLOWED', url)
  })

  it('ends with its signal', async () => {
    const stop = new AbortController()
    await using server = await serve(() => stop.abort(new Error('stopped')))

    await assert.rejects(
      safePost({
        url: server.url,
        headers: {},
        body: '',
        timeoutMs: 60_000,
        signal: stop.signal,
        allowedHosts: [new URL(server.url).host],
        allowedPorts: [],
      }),
      { message: 'stopped' },
    )
  })
})
