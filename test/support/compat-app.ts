import assert from 'node:assert/strict'
import type { Express } from 'express'
import type { AppDeps } from '../../src/api/app-deps.ts'
import { createCompatApp } from '../../src/api/compat-apps.ts'

/** What makes the application of a documented port, for `startTestApi`. */
export function compatApp(port: number): (deps: AppDeps) => Express {
  return (deps) => {
    const compat = createCompatApp(port, deps)
    assert.ok(compat, `nothing is served on port ${port}`)
    return compat.app
  }
}
