import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'

import type { Submission } from '../../../../web/src/model.ts'
import { createStore } from '../../../../web/src/state/create-store.ts'
import { handIn, intake } from '../../../../web/src/upload/intake.ts'
import { refusedFiles } from '../../../../web/src/upload/send.ts'
import { takeIn } from '../../../../web/src/upload/take-in.ts'
import { NO_OPTIONS, uploadOptions } from '../../../../web/src/upload/upload-options.ts'
import { serve } from '../../../support/serve.ts'
import { until } from '../../../support/until.ts'
import { fakeDocumentsApi } from '../../../support/web-documents.ts'

function recordingStore() {
  const sent: Submission[] = []
  const store = createStore(fakeDocumentsApi())
  return { sent, store: { ...store, submit: (all: readonly Submission[]) => sent.push(...all) } }
}

afterEach(() => {
  refusedFiles.value = []
  intake.value = null
})

describe('what is handed in', () => {
  it('waits in turn until what sends it is loaded', () => {
    handIn({ url: 'https://example.com/a.pdf' })
    handIn({ files: [] })

    assert.deepEqual(intake.value, [{ url: 'https://example.com/a.pdf' }, { files: [] }])
  })

  it('is sent by its address', () => {
    const { sent, store } = recordingStore()

    takeIn(store, { url: 'https://example.com/a.pdf' })

    assert.deepEqual(sent, [{ source: { url: 'https://example.com/a.pdf' }, ...NO_OPTIONS }])
  })

  it('is no address of which the whole would be read because its pages are written wrongly', () => {
    const { sent, store } = recordingStore()
    uploadOptions.value = { ...NO_OPTIONS, pages: 'three' }

    takeIn(store, { url: 'https://example.com/a.pdf' })
    uploadOptions.value = NO_OPTIONS

    assert.deepEqual(sent, [])
    assert.equal(refusedFiles.value[0]?.problem, 'pages')
  })

  it('is refused at once when it is a folder, instead of blaming the service after four tries', async () => {
    const { sent, store } = recordingStore()
    const folder = new File(['4096 bytes of a folder'], 'scans')
    folder.slice = () => {
      throw new DOMException('', 'NotReadableError')
    }

    takeIn(store, { files: [folder, new File(['%PDF-'], 'a.pdf')] })
    await until(() => refusedFiles.value.length > 0, 'it is refused')

    assert.deepEqual(
      refusedFiles.value.map(({ name, problem }) => [name, problem]),
      [['scans', 'empty']],
    )
    assert.equal(sent.length, 1)
  })

  it('is the sample, loaded first', async () => {
    await using server = await serve((_request, response) => response.end('%PDF-'))
    const { sent, store } = recordingStore()

    takeIn(store, { sampleUrl: `${server.url}/static/sample.pdf` })
    await until(() => sent.length > 0, 'it is sent')

    const [{ source } = { source: { url: '' } }] = sent
    assert.equal('file' in source && source.file.name, 'sample.pdf')
  })

  it('says so when the sample is not to be had', async () => {
    await using server = await serve((_request, response) => response.writeHead(404).end())
    const { sent, store } = recordingStore()

    takeIn(store, { sampleUrl: `${server.url}/static/sample.pdf` })
    await until(() => refusedFiles.value.length > 0, 'it is refused')

    assert.deepEqual(refusedFiles.value, [{ name: 'sample.pdf', size: 0, problem: 'unavailable' }])
    assert.deepEqual(sent, [])
  })
})
