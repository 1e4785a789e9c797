import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { startApi, type RunningApi } from '../../../src/api/server.ts'
import { mapConcurrently } from '../../../src/platform/map-concurrently.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { setLogLevel } from '../../../src/platform/logger.ts'
import { documentPrefix, tombstoneKey } from '../../../src/storage/object-keys.ts'
import { startRaceSystem, type RaceSystem } from '../../support/cancel-races/race-system.ts'
import {
  cancelAt,
  cancelByPyOcr,
  cancelByV1,
  endOf,
  runRace,
  type Cancel,
  type RaceOutcome,
  type RacePoint,
} from '../../support/cancel-races/run-race.ts'
import { until } from '../../support/until.ts'

const RACES_PER_POINT = 50
/** Few, so that what races is near in time; a DELETE waits some seconds. */
const AT_ONCE = 10

const POINTS: readonly RacePoint[] = [
  { name: 'before the start is acknowledged', hold: null, waitsForStart: false, spreadMs: 200 },
  { name: 'after the start', hold: null, spreadMs: 0 },
  { name: 'during the inspection', hold: 'inspect', spreadMs: 5 },
  { name: 'after the inspection', hold: 'inspect', spreadMs: 100 },
  { name: 'while pages are drawn', hold: 'draw', spreadMs: 10 },
  { name: 'the first page under way', hold: 'page 1', spreadMs: 10 },
  { name: 'a page in the middle under way', hold: 'page 2', spreadMs: 10 },
  { name: 'the last page under way', hold: 'page 3', spreadMs: 10 },
  { name: 'all pages done', hold: 'page 3', spreadMs: 200 },
  { name: 'before the results are written', hold: 'before results', spreadMs: 10 },
  { name: 'after the manifest, before the report', hold: 'after manifest', spreadMs: 5 },
  { name: 'around the completion', hold: 'after manifest', spreadMs: 150 },
  { name: 'around the end of a failure', hold: 'ending', isFailing: true, spreadMs: 150 },
  { name: 'around continue-as-new', hold: 'page 1', hasShortRuns: true, spreadMs: 150 },
  { name: 'twice in two processes', hold: 'page 2', cancels: 2, spreadMs: 20 },
  { name: 'with a DELETE', hold: 'page 2', isDeleted: true, spreadMs: 20 },
]

describe('cancel races, against a real Temporal server', () => {
  let system: RaceSystem
  let api: RunningApi
  let cancels: readonly Cancel[]
  before(async () => {
    setLogLevel('silent')
    system = await startRaceSystem()
    const config = loadConfig({
      OCR_DATA_DIR: system.directory,
      OCR_PORT: '0',
      OCR_COMPAT_PORTS: '',
      OCR_RATE_LIMIT_REQUESTS: '0',
    })
    api = await startApi(config, { gateway: system.gateways[1], store: system.store })
    cancels = [
      ...system.gateways.slice(0, 2).map(cancelAt),
      cancelByV1(api.url),
      cancelByPyOcr(api.url),
      cancelAt(system.gateways[0]),
    ]
  })
  after(async () => {
    await api[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
  })

  for (const point of POINTS)
    it(`${point.name}: what was answered is how it ends`, async (test) => {
      const places = Array.from({ length: RACES_PER_POINT }, (_, place) => place)
      const outcomes = await mapConcurrently(places, point.isDeleted ? 50 : AT_ONCE, (place) =>
        runRace(system, point, { key: randomUUID(), place, cancels }),
      )
      await Promise.all(outcomes.map(({ id }) => endOfRun(id)))
      await until(() => system.activitiesUnderWay() === 0, 'nothing is at work', 30_000)

      const ends: string[] = []
      for (const outcome of outcomes) ends.push(await judge(outcome))
      test.diagnostic(`${point.name}: ${JSON.stringify(countsOf(ends))}`)
    })

  const endOfRun = (id: RaceOutcome['id']): Promise<unknown> =>
    system.client.workflow
      .getHandle(`document-${id}`)
      .result()
      .catch(() => undefined)

  /** Fails unless the answers fit the end; tells both. */
  async function judge({ id, replies, deleted, cancelledAtMs }: RaceOutcome): Promise<string> {
    if (deleted !== null) {
      await assertDeleted(id)
      return `deleted, ${wordOf(replies[0])}`
    }
    const end = await endOf(system, id)
    const told = JSON.stringify({ id, replies, end })
    assert.deepEqual([end.status, end.manifest], [end.run, end.run], told)
    assert.ok(end.isTextTrue, told)
    for (const reply of replies) {
      if (reply === null) assert.equal(end.run, 'completed', told)
      else if (reply.isAccepted) assert.equal(end.run, 'cancelled', told)
      else assert.equal(reply.state, end.run, told)
    }
    if (cancelledAtMs !== null) {
      const late = system.writes.filter(
        ({ key, startedAtMs }) => key.startsWith(documentPrefix(id)) && startedAtMs > cancelledAtMs,
      )
      assert.deepEqual(late, [], told)
    }
    return `${wordOf(replies[0])}: ${end.run}`
  }

  async function assertDeleted(id: RaceOutcome['id']): Promise<void> {
    const { blobs } = await system.store.list(documentPrefix(id))
    assert.deepEqual(
      blobs.map(({ key }) => key),
      [tombstoneKey(id)],
    )
    const told = await system.anotherGateway().status(id)
    assert.equal(told, null, 'a deleted document is unknown')
  }
})

function wordOf(reply: RaceOutcome['replies'][number] | undefined): string {
  if (!reply) return 'unknown'
  return reply.isAccepted ? 'accepted' : 'too late'
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1
  return counts
}
