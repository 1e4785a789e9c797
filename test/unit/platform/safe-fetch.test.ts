import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { OcrError } from '../../../src/platform/errors.ts'
import { safeFetch, type SafeFetchOptions } from '../../../src/platform/safe-fetch.ts'
import type { TcpTarget } from '../../../src/platform/safe-fetch/guarded-connection.ts'
import { FETCH_LIMITS } from '../../../src/platform/safe-fetch/limits.ts'
import { checkUrl } from '../../../src/platform/safe-fetch/url-rules.ts'
import { REFUSED_ADDRESSES, REFUSED_URLS, RULES } from './safe-fetch/refused-urls.ts'

const PUBLIC = '93.184.215.14'

/** A fetch whose resolver and connections are made up and recorded. */
function recorded(
  url: string,
  answers: readonly (readonly string[])[] = [[PUBLIC]],
): { options: SafeFetchOptions; names: string[]; targets: TcpTarget[] } {
  const names: string[] = []
  const targets: TcpTarget[] = []
  const options: SafeFetchOptions = {
    ...RULES,
    url,
    maxBytes: 1_000,
    signal: new AbortController().signal,
    resolve: (name) => Promise.resolve(answers[names.push(name) - 1] ?? []),
    open: (target) => {
      targets.push(target)
      return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
    },
  }
  return { options, names, targets }
}

async function failureOf(options: SafeFetchOptions): Promise<OcrError> {
  const outcome: unknown = await safeFetch(options).catch((error: unknown) => error)
  assert.ok(outcome instanceof OcrError, String(outcome))
  return outcome
}

const UNRESOLVED = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })

describe('safeFetch', () => {
  for (const url of REFUSED_URLS) {
    it(`refuses ${JSON.stringify(url).slice(0, 60)} without looking anything up`, async () => {
      const { options, names, targets } = recorded(url)

      const failure = await failureOf(options)

      assert.equal(failure.code, 'URL_NOT_ALLOWED')
      assert.throws(() => checkUrl(url, RULES), { code: 'URL_NOT_ALLOWED' })
      assert.deepEqual({ names, targets }, { names: [], targets: [] })
    })
  }

  for (const address of REFUSED_ADDRESSES) {
    it(`refuses a name that leads to ${JSON.stringify(address)} without connecting`, async () => {
      const { options, targets } = recorded('https://files.example/a.pdf', [[address]])

      const failure = await failureOf(options)

      assert.equal(failure.code, 'URL_NOT_ALLOWED')
      assert.deepEqual(targets, [])
    })
  }

  it('refuses a name that leads to public addresses and a private one', async () => {
    const { options, targets } = recorded('http://files.example', [[PUBLIC, '10.0.0.1', PUBLIC]])

    const failure = await failureOf(options)

    assert.equal(failure.code, 'URL_NOT_ALLOWED')
    assert.deepEqual(targets, [])
  })

  it('resolves a name once and connects to that answer, whatever the next one would be', async () => {
    const { options, names, targets } = recorded('http://files.example', [[PUBLIC], ['127.0.0.1']])

    await failureOf(options)

    assert.deepEqual(names, ['files.example'])
    assert.deepEqual(
      targets.map(({ addresses, port }) => ({ addresses, port })),
      [{ addresses: [PUBLIC], port: 80 }],
    )
  })

  it('connects to an address in a URL without resolving it', async () => {
    const { options, names, targets } = recorded('https://[2606:2800:21f::1]:8088')

    await failureOf(options)

    assert.deepEqual(names, [])
    assert.deepEqual(
      targets.map(({ addresses, port }) => ({ addresses, port })),
      [{ addresses: ['2606:2800:21f::1'], port: 8088 }],
    )
  })

  it('resolves an international name as punycode', async () => {
    const { options, names } = recorded('http://例え.テスト/a.pdf')

    await failureOf(options)

    assert.deepEqual(names, ['xn--r8jz45g.xn--zckzah'])
  })

  it('connects to a private address for an allowed host and port', async () => {
    const { options, targets } = recorded('http://STORE.example:9000/a', [['10.0.0.9']])

    await failureOf(options)

    assert.deepEqual(targets[0]?.addresses, ['10.0.0.9'])
  })

  it('tries at most eight addresses of a name', async () => {
    const { options, targets } = recorded('http://files.example', [Array(1_000).fill(PUBLIC)])

    await failureOf(options)

    assert.equal(targets[0]?.addresses.length, 8)
  })

  it('does not tell a name that leads to a private address from an unknown one', async () => {
    const internal = recorded('http://wiki.corp.example', [['10.0.0.1']]).options
    const unknown: SafeFetchOptions = {
      ...recorded('http://files.example').options,
      resolve: () => Promise.reject(UNRESOLVED),
    }

    const failures = [await failureOf(internal), await failureOf(unknown)]

    assert.deepEqual(
      failures.map(({ code, message, publicDetail }) => ({ code, message, publicDetail })),
      Array(2).fill({
        code: 'URL_NOT_ALLOWED',
        message: 'Cannot accept the URL: it breaks a rule',
        publicDetail: 'The host has no public address',
      }),
    )
  })

  it('fails as FETCH_FAILED when the resolver has no answer', async () => {
    const { options } = recorded('http://files.example')
    const resolve = (): Promise<never> =>
      Promise.reject(Object.assign(new Error('down'), { code: 'EAI_AGAIN' }))

    const failure = await failureOf({ ...options, resolve })

    assert.equal(failure.code, 'FETCH_FAILED')
  })

  it('fails as FETCH_FAILED when the resolver is silent', async () => {
    const { options, targets } = recorded('http://files.example')
    const resolve = (): Promise<never> => new Promise(() => undefined)

    const failure = await failureOf({
      ...options,
      resolve,
      limits: { ...FETCH_LIMITS, connectMs: 20 },
    })

    assert.equal(failure.code, 'FETCH_FAILED')
    assert.deepEqual(targets, [])
  })

  it('says nothing about the host or its network in a failure', async () => {
    const { options } = recorded('http://files.example/secret.pdf')

    const failure = await failureOf(options)

    const said = [failure.message, failure.publicDetail, failure.cause].map(String).join(' ')
    assert.equal(failure.code, 'FETCH_FAILED')
    assert.doesNotMatch(said, /files|secret|93\.184|:80/)
  })

  it('throws the reason of a signal that fired before', async () => {
    const { options, names } = recorded('http://files.example')
    const reason = new Error('shutting down')

    await assert.rejects(safeFetch({ ...options, signal: AbortSignal.abort(reason) }), reason)

    assert.deepEqual(names, [])
  })

  it('throws the reason of a signal that fires while a name is resolved', async () => {
    const { options } = recorded('http://files.example')
    const caller = new AbortController()
    const reason = Object.assign(new Error('shutting down'), { code: 'ABORT_ERR' })
    const resolve = (): Promise<never> => {
      caller.abort(reason)
      return new Promise(() => undefined)
    }

    const fetching = safeFetch({ ...options, resolve, signal: caller.signal })

    await assert.rejects(fetching, reason)
  })
})
