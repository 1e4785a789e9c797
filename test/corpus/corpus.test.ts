import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { corpusFile, CORPUS_DIRECTORY, CORPUS_MISSING, score } from '../support/corpus.ts'
import { startStack, type Stack } from '../support/stack.ts'
import { postDocument, waitForEnd, type StatusBody } from '../support/stack-client.ts'
import { EXPECTATIONS, type Expectation } from './expectations.ts'

const DEADLINE_MS = 40 * 60_000

type Sent = { readonly httpStatus: number; readonly body: { id?: string; code?: string } }

/** Compatibility forms and white space aside, as the scorer compares. */
const squeeze = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/g, '')

describe('corpus', { skip: CORPUS_MISSING, timeout: DEADLINE_MS }, () => {
  let stack: Stack
  const sent = new Map<Expectation, Sent>()

  before(async () => {
    stack = await startStack({ stubDelayMs: null })
    for (const expectation of EXPECTATIONS) sent.set(expectation, await send(expectation))
  })
  after(() => stack[Symbol.asyncDispose]())

  async function send({ file, fields }: Expectation): Promise<Sent> {
    const bytes = new Uint8Array(await readFile(corpusFile(file)))
    const response = await postDocument(stack.url, { bytes, name: file }, { fields: fields ?? {} })
    return { httpStatus: response.status, body: (await response.json()) as Sent['body'] }
  }

  async function ended(expectation: Expectation): Promise<StatusBody> {
    const { httpStatus, body } = sent.get(expectation) ?? assert.fail('was not sent')
    assert.equal(httpStatus, 202, JSON.stringify(body))
    return waitForEnd(stack.url, body.id ?? '', DEADLINE_MS)
  }

  async function outcomeOf(id: string, page: number): Promise<string> {
    const response = await fetch(`${stack.url}/v1/documents/${id}/pages/${page}`)
    return ((await response.json()) as { outcome: string }).outcome
  }

  it('has an expectation for every document', async () => {
    const documents = (await readdir(join(CORPUS_DIRECTORY, 'documents'))).filter(
      (name) => !/\.txt$|^README\.md$|^index\.json$/.test(name),
    )
    const expected = new Set(EXPECTATIONS.map(({ file }) => file))

    assert.deepEqual([...expected].toSorted(), documents.toSorted())
  })

  for (const expectation of EXPECTATIONS) {
    const { file, fields, ends } = expectation
    it(`${file}${fields ? ` with ${Object.keys(fields).join()}` : ''} is ${ends}`, async (test) => {
      if (expectation.ends === 'refused') {
        assert.equal(sent.get(expectation)?.body.code, expectation.code)
        return
      }
      const status = await ended(expectation)
      if (expectation.ends === 'failed') {
        assert.equal(status.status, 'failed')
        assert.ok(expectation.codes.includes(status.failure?.code ?? ''), status.failure?.code)
        return
      }
      assert.equal(status.status, 'completed', JSON.stringify(status.failure))
      assert.equal(status.pages.total, expectation.pages)
      for (const [page, codes] of Object.entries(expectation.troubledPages ?? {})) {
        const failedAs = status.failed_pages.find((failed) => failed.page === Number(page))?.code
        if (failedAs === undefined)
          assert.equal(await outcomeOf(status.id, Number(page)), 'degraded')
        else assert.ok(codes.includes(failedAs), failedAs)
      }
      if (!expectation.troubledPages) assert.deepEqual(status.failed_pages, [])
      assert.equal(status.pages.empty, expectation.emptyPages?.length ?? 0)
      for (const page of expectation.emptyPages ?? [])
        assert.equal(await outcomeOf(status.id, page), 'empty')

      const response = await fetch(`${stack.url}/v1/documents/${status.id}/result?format=text`)
      const text = await response.text()
      for (const words of expectation.contains ?? [])
        assert.ok(squeeze(text).includes(squeeze(words)), `"${words}" is not in:\n${text}`)
      for (const words of expectation.lacks ?? [])
        assert.ok(!squeeze(text).includes(squeeze(words)))
      await assertScore(expectation, { id: status.id, text }, (line) => test.diagnostic(line))
    })
  }

  async function assertScore(
    { file, pages, maxCer, minF1 }: Extract<Expectation, { ends: 'completed' }>,
    { id, text }: { id: string; text: string },
    report: (line: string) => void,
  ): Promise<void> {
    const truth = `${corpusFile(file)}.truth.txt`
    if (!existsSync(truth)) return
    const path = join(stack.dataDirectory, `${id}.txt`)
    const truthPath = join(stack.dataDirectory, `${id}.truth.txt`)
    await writeFile(path, text)
    // Of an animated GIF only the first frame is a page; its truth has one for each frame.
    const truthPages = (await readFile(truth, 'utf8')).split('\f').slice(0, pages)
    await writeFile(truthPath, truthPages.join('\f'))
    const { cer, f1 } = await score(path, truthPath)
    report(`${file}: CER ${(cer * 100).toFixed(2)} %, F1 ${f1.toFixed(3)}`)
    if (maxCer !== undefined) assert.ok(cer <= maxCer, `CER ${cer} > ${maxCer}`)
    if (minF1 !== undefined) assert.ok(f1 >= minF1, `F1 ${f1} < ${minF1}`)
  }
})
