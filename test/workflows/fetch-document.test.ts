import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FETCHED_SHA256, startDocumentWorkflows } from '../support/document-workflows.ts'
import { causeOf, failure, memoOf, untilCancelled } from '../support/run-outcome.ts'
import { until } from '../support/until.ts'

describe('processDocument, file to be fetched', () => {
  it('fetches the file first and gives its hash to everything after it', async () => {
    const hashes = new Set<string | null>()
    await using documents = await startDocumentWorkflows(3, {
      inspectDocument: async ({ documentSha256 }) => {
        hashes.add(documentSha256)
        return { pageCount: 3, startedAtMs: 1_700_000_000_000 }
      },
      recognizePage: async ({ documentSha256 }) => {
        hashes.add(documentSha256)
        return { status: 'ok', characters: 1, confidencePercent: null }
      },
    })

    const handle = await documents.start({ documentSha256: null, pagesPerRun: 2 })
    await handle.result()

    assert.deepEqual([...hashes], [FETCHED_SHA256])
    assert.equal(documents.calls.assembled[0]?.documentSha256, FETCHED_SHA256)
    // The time is the one when the file was asked for.
    assert.equal((await memoOf(handle))?.startedAtMs, 1_690_000_000_000)
  })

  it('fails with the code of the fetch and still writes its ending', async () => {
    await using documents = await startDocumentWorkflows(1, {
      fetchDocument: async () => {
        throw failure('URL_NOT_ALLOWED')
      },
    })

    const handle = await documents.start({ documentSha256: null })
    const cause = await causeOf(handle)

    assert.equal((cause as { type?: string }).type, 'URL_NOT_ALLOWED')
    const [assembled] = documents.calls.assembled
    assert.deepEqual([assembled?.outcome, assembled?.documentSha256], ['failed', null])
    assert.equal(assembled?.progress.failureCode, 'URL_NOT_ALLOWED')
  })

  it('ends as cancelled when the cancel arrives while the file is fetched', async () => {
    let isFetching = false
    await using documents = await startDocumentWorkflows(1, {
      fetchDocument: () => {
        isFetching = true
        return untilCancelled()
      },
    })

    const handle = await documents.start({ documentSha256: null })
    await until(() => isFetching, 'the file is fetched')
    await handle.cancel()
    await causeOf(handle)

    assert.equal((await handle.describe()).status.name, 'CANCELLED')
    assert.equal(documents.calls.assembled[0]?.outcome, 'cancelled')
  })

  it('passes the number of retries on to its pages', async () => {
    const seen: unknown[] = []
    await using documents = await startDocumentWorkflows(2, {
      recognizePage: async ({ maxRetries }) => {
        seen.push(maxRetries)
        return { status: 'ok', characters: 1, confidencePercent: null }
      },
    })

    await (await documents.start({ maxRetries: 7 })).result()

    assert.deepEqual(seen, [7, 7])
  })
})
