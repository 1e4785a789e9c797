import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { describe, it } from 'node:test'
import { safeFetch } from '../../../src/platform/safe-fetch.ts'
import { serve } from '../../support/serve.ts'
import { codeOf, connected, optionsFor, read } from './fetched-server.ts'

const redirectTo =
  (location: string | undefined, status = 302): RequestListener =>
  (_request, response) =>
    response.writeHead(status, location === undefined ? {} : { location }).end()

describe('safeFetch at a redirect', () => {
  const REFUSED = [
    'http://127.0.0.1/a.pdf',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]/',
    'http://169.254.169.254/latest/meta-data',
    '//10.0.0.1/a.pdf',
    'http://files.example:6379/',
    'http://user:pass@files.example/',
    'file:///etc/passwd',
    'data:application/pdf,x',
    'gopher://example.com/',
  ]

  for (const location of REFUSED) {
    it(`does not even look up ${location}`, async () => {
      await using server = await serve(redirectTo(location))
      const options = optionsFor(server.port)

      const code = await codeOf(options)

      assert.equal(code, 'URL_NOT_ALLOWED')
      assert.deepEqual(options.names, ['files.example'])
    })
  }

  it('does not connect to a name that leads to a private address', async () => {
    await using server = await serve(redirectTo('http://wiki.corp.example/a.pdf'))
    const opened: number[] = []

    const code = await codeOf({
      ...optionsFor(server.port),
      open: ({ port }) => {
        opened.push(port)
        return connected(port)
      },
    })

    assert.equal(code, 'URL_NOT_ALLOWED')
    assert.deepEqual(opened, [server.port])
  })

  for (const status of [301, 302, 303, 307, 308]) {
    it(`follows ${status}, resolves the name again and keeps the name in the first URL`, async () => {
      await using server = await serve((request, response) => {
        if (request.url === '/final') return response.end('%PDF')
        return response.writeHead(status, { location: '../final' }).end('moved')
      })
      const options = optionsFor(server.port, '/x/a.pdf')

      await using file = await safeFetch(options)

      assert.equal(file.fileName, 'a.pdf')
      assert.deepEqual(options.names, ['files.example', 'files.example'])
    })
  }

  const COUNTED: RequestListener = (request, response) => {
    const left = Number(request.url?.slice(1))
    if (left === 0) return response.end('%PDF')
    return response.writeHead(302, { location: `/${left - 1}` }).end()
  }

  it('follows three', async () => {
    await using server = await serve(COUNTED)

    assert.equal((await read(optionsFor(server.port, '/3'))).toString(), '%PDF')
  })

  it('refuses the fourth', async () => {
    await using server = await serve(COUNTED)
    const options = optionsFor(server.port, '/4')

    assert.equal(await codeOf(options), 'URL_NOT_ALLOWED')
    assert.equal(options.names.length, 4)
  })

  it('refuses a name that has become private since the first request', async () => {
    await using server = await serve(COUNTED)
    const answers = [['93.184.215.14'], ['127.0.0.1']]
    let openings = 0

    const code = await codeOf({
      ...optionsFor(server.port, '/1'),
      allowedHosts: [],
      allowedPorts: [server.port],
      resolve: () => Promise.resolve(answers.shift() ?? []),
      open: async ({ port, addresses }) => {
        openings += 1
        const socket = await connected(port)
        // Pretends to lead where it was told to.
        return Object.defineProperty(socket, 'remoteAddress', { value: addresses[0] })
      },
    })

    assert.equal(code, 'URL_NOT_ALLOWED')
    assert.deepEqual({ openings, answers }, { openings: 1, answers: [] })
  })

  for (const location of [undefined, 'http://', 'http://:80']) {
    it(`fails as FETCH_FAILED at a redirect to ${location}`, async () => {
      await using server = await serve(redirectTo(location))

      assert.equal(await codeOf(optionsFor(server.port)), 'FETCH_FAILED')
    })
  }
})
