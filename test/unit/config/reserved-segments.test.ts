import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Express } from 'express'
import { z } from 'zod'
import { createApp } from '../../../src/api/app.ts'
import { ConfigError } from '../../../src/config/config-error.ts'
import { loadConfig } from '../../../src/config/config.ts'
import { RESERVED_SEGMENTS } from '../../../src/config/reserved-segments.ts'
import { Secret } from '../../../src/platform/secret.ts'
import { testApiConfig } from '../../support/api-config.ts'
import { startTestApi } from '../../support/test-api.ts'

/** What a router keeps of each thing that was added to it; its declared type says less. */
const layerSchema = z.object({
  rawPath: z.union([z.string(), z.array(z.string())]),
  handle: z.unknown(),
})

/** First segments of every path that a router answers itself, or that something is mounted at. */
function firstSegmentsOf({ stack }: { readonly stack: unknown }): Set<string> {
  const segments = new Set<string>()
  for (const { rawPath, handle } of z.array(layerSchema).parse(stack))
    for (const path of [rawPath].flat()) {
      const first = path.split('/')[1] ?? ''
      if (first !== '') segments.add(first)
      else if (typeof handle === 'function' && 'stack' in handle)
        for (const segment of firstSegmentsOf(handle)) segments.add(segment)
    }
  return segments
}

/** Of the main listener, with a password or without one. */
async function mountedSegments(password: string): Promise<ReadonlySet<string>> {
  const qianxia = { ...testApiConfig().qianxia, password: new Secret(password) }
  const apps: Express[] = []
  await using _api = await startTestApi({
    api: { qianxia },
    createApp: (deps) => {
      const app = createApp(deps)
      apps.push(app)
      return app
    },
  })
  return firstSegmentsOf(apps[0]?.router ?? { stack: [] })
}

describe('RESERVED_SEGMENTS', () => {
  for (const password of ['pwd', ''])
    it(`has all that the main listener mounts with the password ${JSON.stringify(password)}`, async () => {
      const mounted = await mountedSegments(password)

      assert.deepEqual(
        [...mounted].filter((segment) => !RESERVED_SEGMENTS.includes(segment)),
        [],
      )
      // Of each kind one, so that a walk that finds nothing fails.
      for (const known of ['v1', 'files', 'docs', 'internal', 'qianxia', 'api', 'cleanup', 'login'])
        assert.ok(mounted.has(known), known)
      assert.equal(mounted.has('main'), password === '')
    })

  it('can be no password, in whatever case', () => {
    for (const segment of RESERVED_SEGMENTS)
      for (const password of [segment, segment.toUpperCase()])
        assert.throws(() => loadConfig({ PASSWORD: password }), ConfigError, password)
  })

  it('leaves passwords that only begin like one', () => {
    assert.equal(loadConfig({ PASSWORD: 'api2' }).api.qianxia.password.reveal(), 'api2')
  })
})
