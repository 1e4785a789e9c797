import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createServerClient } from '../../../../src/cli/server/server-client.ts'
import { Secret } from '../../../../src/platform/secret.ts'
import { ALICE, KEYED_ACCESS } from '../../../support/api-keys.ts'
import { sampleDocumentId, sampleStatus } from '../../../support/document-status.ts'
import { startTestApi } from '../../../support/test-api.ts'

const { signal } = new AbortController()
const ID = sampleDocumentId()

describe('the client of a server that wants keys', () => {
  it('sends its key with every request', async () => {
    const documents = [sampleStatus({ owner: ALICE.owner })]
    await using api = await startTestApi({ api: { access: KEYED_ACCESS }, documents })
    const client = createServerClient(api.url, new Secret(ALICE.key))
    const source = { url: 'https://example.com/a.pdf' }

    assert.equal((await client.status(ID, { signal })).id, ID)
    assert.equal((await client.list({ limit: 1, status: null }, { signal })).length, 1)
    await client.submit({ source, fields: {} }, { signal })

    assert.equal(api.gateway.submissions[0]?.owner, ALICE.owner)
  })

  it('is told to set one, and does not try again', async () => {
    await using api = await startTestApi({ api: { access: KEYED_ACCESS } })
    const client = createServerClient(api.url, null)

    await assert.rejects(client.status(ID, { signal }), {
      httpStatus: 401,
      message: 'the server wants an API key: set OCR_API_KEY to one of its keys',
    })
  })
})
