import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import {
  answerOf,
  BASE64_REQUEST,
  postOcr,
  startDotsApi,
  willEnd,
  willRun,
} from '../../../../support/dots-api.ts'
import { until } from '../../../../support/until.ts'

describe('POST /ocr: the places of requests', () => {
  it('are taken by check 6, before the types of fields and the image are looked at', async () => {
    await using api = await startDotsApi({ api: { dots: { maxInFlight: 1, pathRoots: [] } } })
    willRun(api)
    const first = postOcr(api, BASE64_REQUEST)
    await until(() => api.gateway.submissions.length === 1, 'the first request runs')

    const second = await postOcr(api, { image: '/etc/passwd' }, { prefix: '/again' })
    const secondAnswer = await answerOf(second)
    const wrongFields = [{ image: 7 }, { ...BASE64_REQUEST, stream: 'true' }]
    const wrongAnswers = await Promise.all(
      wrongFields.map(async (body) => answerOf(await postOcr(api, body))),
    )
    willEnd(api)

    const busy = [429, { error: 'Server is busy processing another request' }]
    assert.deepEqual(secondAnswer, busy)
    assert.deepEqual(wrongAnswers, [busy, busy], 'the types of fields come later')
    assert.equal(second.headers.get('retry-after'), '1')
    assert.equal((await first).status, 200)
    const after = await postOcr(api, BASE64_REQUEST)
    assert.equal(after.status, 200, 'the place is free again')
  })

  it('takes as many requests as there are slots, when nothing else is set', async () => {
    await using api = await startDotsApi()
    willRun(api)
    const running = [1, 2].map(() => postOcr(api, BASE64_REQUEST))
    await until(() => api.gateway.submissions.length === 2, 'both run')

    const third = await postOcr(api, BASE64_REQUEST)
    willEnd(api)

    assert.equal(third.status, 429)
    for (const response of await Promise.all(running)) assert.equal(response.status, 200)
  })

  it('frees the place of a request that was refused after it was taken', async () => {
    await using api = await startDotsApi({ api: { dots: { maxInFlight: 1, pathRoots: [] } } })
    willEnd(api)

    for (const image_format of ['path', 'url', 'base64'])
      assert.equal((await postOcr(api, { image: '!', image_format })).status, 400)
    assert.equal((await postOcr(api, { ...BASE64_REQUEST, stream: 'true' })).status, 400)

    assert.equal((await postOcr(api, BASE64_REQUEST)).status, 200)
  })
})
