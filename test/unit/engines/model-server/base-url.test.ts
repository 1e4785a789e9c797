import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { chatBaseUrl, serverRootUrl } from '../../../../src/engines/model-server/base-url.ts'

describe('chatBaseUrl', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['http://127.0.0.1:8000', 'http://127.0.0.1:8000/v1'],
    ['http://127.0.0.1:8000/', 'http://127.0.0.1:8000/v1'],
    [' https://api.openai.com/v1/ ', 'https://api.openai.com/v1'],
    ['https://api.siliconflow.cn/v1/chat/completions', 'https://api.siliconflow.cn/v1'],
    ['http://gpu-1/chat/completions/', 'http://gpu-1/v1'],
    ['https://proxy.example/team-a', 'https://proxy.example/team-a/v1'],
    ['https://open.example/api/paas/v4', 'https://open.example/api/paas/v4'],
    ['https://llm.example/v1beta/openai/', 'https://llm.example/v1beta/openai'],
  ]

  it('adds /v1 where no version stands in the path, and cuts what does not belong there', () => {
    assert.deepEqual(
      rows.map(([text]) => chatBaseUrl(text)),
      rows.map(([, url]) => url),
    )
  })

  it('leaves its own result as it is', () => {
    const urls = rows.map(([, url]) => url)

    assert.deepEqual(urls.map(chatBaseUrl), urls)
  })
})

describe('serverRootUrl', () => {
  it('is one level above /v1', () => {
    assert.equal(serverRootUrl('http://gpu-1:8000/v1'), 'http://gpu-1:8000')
    assert.equal(serverRootUrl('http://proxy/team-a/v1'), 'http://proxy/team-a')
  })
})
