import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { fileProblem } from '../../../../web/src/upload/check-file.ts'
import { typesText } from '../../../../web/src/upload/types-text.ts'

const config = { accept: '.pdf,.png,.tif', maxUploadBytes: 1_000 }

describe('fileProblem', () => {
  for (const [title, file, problem] of [
    ['takes a PDF', { name: 'a.pdf', size: 1_000 }, null],
    ['does not mind capitals', { name: 'SCAN.PDF', size: 1 }, null],
    ['goes by the last ending', { name: 'a.pdf.exe', size: 1 }, 'type'],
    ['leaves a name without an ending to the service', { name: 'scan', size: 1 }, null],
    ['refuses a longer ending that begins alike', { name: 'a.pdfx', size: 1 }, 'type'],
    ['refuses what is one byte too large', { name: 'a.png', size: 1_001 }, 'size'],
    [
      'refuses an empty file, which is also what a folder looks like',
      { name: 'a', size: 0 },
      'empty',
    ],
  ] as const)
    it(title, () => {
      assert.equal(fileProblem(file, config), problem)
    })

  it('takes anything but an empty file before the limits are known', () => {
    assert.equal(fileProblem({ name: 'a.exe', size: 1e12 }, null), null)
    assert.equal(fileProblem({ name: 'a.pdf', size: 0 }, null), 'empty')
  })

  it('takes any ending where the service names none', () => {
    assert.equal(fileProblem({ name: 'a.xyz', size: 1 }, { ...config, accept: '' }), null)
  })
})

describe('typesText', () => {
  it('writes endings as people do', () => {
    assert.equal(typesText('.pdf,.png, .tif'), 'PDF PNG TIF')
  })
})
