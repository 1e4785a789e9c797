import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { signal } from '@preact/signals'

import type { ServiceConfig, Submission } from '../../../../web/src/model.ts'
import { refusedFiles, sendFiles } from '../../../../web/src/upload/send.ts'
import {
  NO_OPTIONS,
  optionsSummary,
  uploadOptions,
} from '../../../../web/src/upload/upload-options.ts'

const config: ServiceConfig = {
  version: '1',
  title: 'test',
  maxUploadBytes: 10,
  maxPages: 1,
  accept: '.pdf',
  engines: [],
  languages: [],
  caller: null,
  temporalUiUrl: null,
}

function send(files: readonly File[]): readonly Submission[] {
  let sent: readonly Submission[] = []
  const store = {
    config: signal(config),
    submit: (submissions: readonly Submission[]) => {
      sent = submissions
    },
  }
  sendFiles(store, files)
  return sent
}

describe('sendFiles', () => {
  it('sends what is taken, and remembers what is not', () => {
    const good = new File(['x'], 'a.pdf')

    const sent = send([good, new File(['x'], 'a.exe'), new File(['01234567890'], 'b.pdf')])

    assert.deepEqual(sent, [{ source: { file: good }, ...NO_OPTIONS }])
    assert.deepEqual(refusedFiles.value, [
      { name: 'a.exe', size: 1, problem: 'type' },
      { name: 'b.pdf', size: 11, problem: 'size' },
    ])
  })

  it('forgets what was refused before', () => {
    send([new File([], 'empty.pdf')])

    send([new File(['x'], 'a.pdf')])

    assert.deepEqual(refusedFiles.value, [])
  })

  it('sends nothing while the pages are written wrongly: all of them would be read', () => {
    uploadOptions.value = { ...NO_OPTIONS, pages: '1-3;7' }
    try {
      const sent = send([new File(['x'], 'a.pdf')])
      const refused = refusedFiles.value
      uploadOptions.value = { ...NO_OPTIONS, pages: ' 1-3, 7 ' }
      const [corrected] = send([new File(['x'], 'a.pdf')])

      assert.deepEqual([sent, refused], [[], [{ name: 'a.pdf', size: 1, problem: 'pages' }]])
      assert.equal(corrected?.pages, '1-3, 7')
    } finally {
      uploadOptions.value = NO_OPTIONS
    }
  })

  it('sends the chosen options along', () => {
    uploadOptions.value = { engine: 'dots', pages: '1-3', languages: ['zh'], password: 'secret' }

    const [sent] = send([new File(['x'], 'a.pdf')])

    assert.deepEqual(
      [sent?.engine, sent?.pages, sent?.languages, sent?.password],
      ['dots', '1-3', ['zh'], 'secret'],
    )
  })
})

describe('optionsSummary', () => {
  it('reminds of everything that is chosen, and never shows the password', () => {
    const summary = optionsSummary({
      engine: 'dots',
      pages: '1-3',
      languages: ['zh', 'en'],
      password: 'secret',
    })

    assert.equal(summary, 'dots · 1-3 · zh+en · •••')
  })

  it('is empty where nothing is chosen', () => {
    assert.equal(optionsSummary(NO_OPTIONS), '')
  })
})
