import assert from 'node:assert/strict'
import { mkdtempDisposable, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { SWEEP_SCHEDULE_ID } from '../../src/contract/sweep.ts'
import { markedDocument } from '../support/marked-document.ts'
import { readRunbook, runBlock, type Runbook } from '../support/runbook.ts'
import { startRunbookStack, type RunbookStack } from '../support/runbook-stack.ts'
import { readStatus, statusOf, submitDocument, waitForEnd } from '../support/stack-client.ts'
import { until } from '../support/until.ts'

/** Page that the model server has trouble with while `isBroken`. */
const TROUBLE_PAGE = 3
const PAGES = 6

/*
 * The commands of docs/operations.md, read out of it and run against a stack of their own, in the
 * order of the document. What is asserted is what the text around them promises.
 */
describe('docs/operations.md', () => {
  let runbook: Runbook
  let product: RunbookStack
  let fakes: RunbookStack['fakes']
  let stack: RunbookStack['stack']
  let isBroken = false
  /** Ended, on the engine `dots`, with page 3 failed. */
  let ended = ''
  /** Of a document that has ended, whose receiver takes nothing: it is tried for a day. */
  let webhookId = ''
  let marker = 0
  const tried = new Set<string>()

  before(async () => {
    runbook = await readRunbook()
    product = await startRunbookStack((page) => isBroken && page === TROUBLE_PAGE)
    ;({ stack, fakes } = product)
    const told = await send({ callback_url: product.receiverUrl })
    await waitForEnd(stack.url, told)
    webhookId = `webhook-${told}`
  })
  after(() => product[Symbol.asyncDispose]())

  const send = (fields: Readonly<Record<string, string>> = {}): Promise<string> => {
    const pdf = Buffer.concat([markedDocument(PAGES), Buffer.from(`% runbook ${++marker}\n`)])
    return submitDocument(stack.url, new Uint8Array(pdf), { engine: 'dots', ...fields })
  }

  /** Runs the commands of a section; `place` picks one block, all by default. */
  async function follow(
    title: string,
    names: Readonly<Record<string, string>>,
    place?: number,
  ): Promise<string> {
    const blocks = runbook.get(title) ?? assert.fail(`there is no section ${title}`)
    tried.add(title)
    const chosen = place === undefined ? blocks : [blocks[place] ?? assert.fail('no such block')]
    let said = ''
    for (const block of chosen) {
      const { output, exitCode } = await runBlock(block, names, product.env)
      assert.equal(exitCode, 0, `${block}\n${output}`)
      said += output
    }
    return said
  }

  async function untilRetried(id: string): Promise<void> {
    const handle = stack.client.workflow.getHandle(`document-${id}`)
    await until(
      async () =>
        ((await handle.describe()).raw.pendingActivities ?? []).some(
          ({ activityId, attempt }) => activityId === `page-${TROUBLE_PAGE}` && (attempt ?? 0) > 2,
        ),
      'the page is tried again',
      120_000,
    )
  }

  it('sets up the namespace of a cluster', async () => {
    const blocks = runbook.get('A cluster of your own') ?? []
    await runBlock('temporal operator namespace create --namespace other', {}, product.env)

    const commands = (blocks[0] ?? '').replaceAll('--namespace default', '--namespace other')
    const { output, exitCode } = await runBlock(commands, {}, product.env)

    assert.equal(exitCode, 0, output)
    const attributes = await runBlock(
      'temporal operator search-attribute list --namespace other',
      {},
      product.env,
    )
    for (const name of ['OcrOwner', 'OcrFormat', 'OcrPages'])
      assert.match(attributes.output, RegExp(name))
    tried.add('A cluster of your own')
  })

  it('shows what a run is at, and why a page of it is tried again', async () => {
    isBroken = true
    const id = await send()
    await untilRetried(id)
    const names = { id, page: String(TROUBLE_PAGE), yesterday: '2099-01-01T00:00:00Z' }

    const read = await follow('Read a run', names)
    const stuck = await follow('Find a stuck run', names)
    const why = await follow('See why a page was retried', names, 0)

    assert.match(read, /pages.done.*5 of 6/)
    assert.match(stuck, new RegExp(`Running +document-${id}`))
    assert.doesNotMatch(stuck, new RegExp(webhookId))
    assert.match(stuck, /Pollers:/)
    assert.match(why, /Attempt +[3-9]/)
    // Broken, or down once that has happened too often.
    assert.match(why, /"type":"ENGINE_(REPLY_BROKEN|DOWN)"/)
    assert.match(why, /transient/)

    await follow('See why a page was retried', names, 2)
    // For two minutes it may be the server.
    const { failed_pages: failed } = await waitForEnd(stack.url, id, 600_000)
    assert.deepEqual(failed, [{ page: TROUBLE_PAGE, code: 'ENGINE_REPLY_BROKEN' }])
    isBroken = false
    ended = id
  })

  it('shows the last failure of a page that was read at last', async () => {
    isBroken = true
    const id = await send()
    await untilRetried(id)
    isBroken = false
    await waitForEnd(stack.url, id)

    const why = await follow('See why a page was retried', { id }, 1)

    assert.match(why, /"attempt": \d+,\n +"lastFailure": \{\n +"message": "ENGINE_/)
  })

  it('reads a failed page again after a reset from it, and the others not', async () => {
    const before = fakes.dots.requests.length

    await follow('Reset from a page', { id: ended, page: String(TROUBLE_PAGE) }, 0)
    await stack.client.workflow.getHandle(`document-${ended}`).result()

    assert.equal(fakes.dots.requests.length - before, 1)
    await until(
      async () => (await readStatus(stack.url, ended))?.pages.failed === 0,
      'the api has noticed the reset',
      120_000,
    )
  })

  it('runs documents again from their start', async () => {
    await follow('Reset from a page', { id: ended }, 1)

    const result = await stack.client.workflow.getHandle(`document-${ended}`).result()

    assert.equal((result as { failedPages: number }).failedPages, 0)
  })

  it('holds a queue and lets it go on', async () => {
    const said = await follow('Pause a queue', {}, 0)
    const id = await send()
    const { workflow } = stack.client
    await until(
      async () => {
        const { raw } = await workflow.getHandle(`document-${id}`).describe()
        return (raw.pendingActivities ?? []).length > 0
      },
      'the first step waits',
      60_000,
    )

    assert.match(said, /Pollers:/)
    const { output } = await runBlock(
      'temporal task-queue describe --task-queue ocr-cpu',
      {},
      product.env,
    )
    assert.match(output, /UNVERSIONED +activity +[1-9]/)
    await follow('Pause a queue', {}, 1)
    assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
  })

  it('pauses one page and lets it go on', async () => {
    isBroken = true
    const id = await send()
    await untilRetried(id)

    await follow('Pause a queue', { id, page: String(TROUBLE_PAGE) }, 2)
    isBroken = false

    assert.equal((await waitForEnd(stack.url, id)).pages.failed, 0)
  })

  it('replays what ran and what runs, and what was saved in a file', async () => {
    isBroken = true
    const id = await send()
    await untilRetried(id)
    await until(
      async () => (await stack.client.workflow.count('OcrPhase = "recognizing"')).count > 0,
      'it is listed',
    )

    const said = await follow('Replay a history against new code', { id }, 0)
    const fromFile = await follow('Replay a history against new code', { id }, 1)
    await rm('/tmp/history.json')
    isBroken = false

    for (const workflowId of [`document-${id}`, webhookId])
      assert.match(said, new RegExp(`replays +${workflowId}, run`))
    assert.match(fromFile, /replays +history\.json/)
    assert.doesNotMatch(said + fromFile, /breaks/)
  })

  it('cancels a document', async () => {
    isBroken = true
    const id = await send()
    await untilRetried(id)

    await follow('Cancel', { id })

    assert.equal((await waitForEnd(stack.url, id)).status, 'cancelled')
    isBroken = false
  })

  it('runs documents that are open again after a roll-back, and tells no webhook once more', async () => {
    const runOfWebhook = async () =>
      (await stack.client.workflow.getHandle(webhookId).describe()).runId
    const before = await runOfWebhook()
    isBroken = true
    const id = await send()
    await untilRetried(id)
    isBroken = false

    await follow('Roll back', { yesterday: '2020-01-01T00:00:00Z' })

    assert.equal((await waitForEnd(stack.url, id)).pages.failed, 0)
    assert.equal(await runOfWebhook(), before)
  })

  it('drains a worker, whose documents wait for the next one', async () => {
    const pid = stack.worker.pid()

    const said = await follow('Drain a worker', { pid: String(pid) })
    await until(() => !stack.worker.isAlive(), 'the worker has ended', 60_000)
    const id = await send()
    const reason = async () => (await readStatus(stack.url, id))?.queued_reason
    await until(async () => (await reason()) === 'NO_WORKER', 'it waits for a worker', 120_000)
    stack.worker.start()

    assert.match(said, /LastAccessTime/)
    assert.equal((await waitForEnd(stack.url, id)).status, 'completed')
  })

  it('counts what a sweep would remove, and sweeps out of turn', async () => {
    assert.match(await follow('Disk', {}, 0), /"documents": *0/)
    await follow('Disk', {}, 1)
  })

  it('holds the sweep and lets it go on', async () => {
    const isPaused = async (): Promise<boolean> =>
      (await stack.client.schedule.getHandle(SWEEP_SCHEDULE_ID).describe()).state.paused

    await follow('Disk', {}, 2)
    const held = await isPaused()
    await follow('Disk', {}, 3)

    assert.deepEqual([held, await isPaused()], [true, false])
  })

  it('restores everything from a backup', async () => {
    const [block = ''] = runbook.get('Back up and restore') ?? []
    const [save = '', restore = ''] = block
      .split('# restore')
      .map((part) => part.replace(/^:.*/, ''))
    const folder = basename(stack.dataDirectory)
    const inParent = (commands: string): string =>
      `cd ${dirname(stack.dataDirectory)}\n${commands.replaceAll('data', folder)}`
    await using elsewhere = await mkdtempDisposable(join(tmpdir(), 'backup-'))
    const archive = join(elsewhere.path, 'backup.tgz')
    const away = (commands: string): string =>
      inParent(commands)
        .replaceAll('backup.tgz', archive)
        .replace(/&& npm start/, '')
    await Promise.all([stack.api.end('SIGTERM'), stack.worker.end('SIGTERM')])
    await stack.temporal.end('SIGTERM')

    assert.equal((await runBlock(away(save), {}, {})).exitCode, 0)
    await rm(stack.dataDirectory, { recursive: true })
    assert.equal((await runBlock(away(restore), {}, {})).exitCode, 0)
    for (const part of [stack.temporal, stack.worker, stack.api]) part.start()
    await stack.ready()

    assert.equal((await statusOf(stack.url, ended)).status, 'completed')
    assert.equal((await waitForEnd(stack.url, await send())).status, 'completed')
    tried.add('Back up and restore')
  })

  it('has no command that was not tried', () => {
    assert.deepEqual(
      [...runbook.keys()].filter((title) => !tried.has(title)),
      [],
    )
  })
})
