import type { Recipe } from './install-once.ts'
import type { Command } from './process-group.ts'
import type { Steps } from './steps.ts'

/** A model server that the engines can be tested against. */
export type RealServer = {
  readonly recipe: Recipe
  /** Writes the models of all runs into `directory`. */
  readonly writeModels: (place: ServerPlace, steps: Steps) => Promise<void>
  /** One after the other. */
  readonly runs: readonly ServerRun[]
}

/** Folders of a server. */
export type ServerPlace = {
  /** Where its recipe put it. */
  readonly directory: string
  readonly modelsDirectory: string
}

/** One start of a server and the test file that talks to it. */
export type ServerRun = {
  readonly title: string
  /** Below test/real. */
  readonly testFile: string
  /** Tells the test file where the server listens. */
  readonly urlVariable: string
  readonly command: ServerCommand
  /** Answers 200 once requests can be served. */
  readonly readyPath: string
  readonly startTimeoutMs: number
  /** Run one after the other before the tests, with the server up. */
  readonly prepare?: readonly ServerCommand[]
}

/** A command for a server that listens on a port of 127.0.0.1. */
export type ServerCommand = (place: ServerPlace, port: number) => Command
