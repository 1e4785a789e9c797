import { createHash } from 'node:crypto'

/** What decides the output of an engine that asks a model server. */
export type VersionParts = {
  /** Raised when the same answer would give other blocks. */
  readonly algorithm: number
  readonly model: string
  /** Prompts and sampling; neither address nor key of the server. */
  readonly parameters: unknown
}

/** Version of such an engine: `<algorithm>-<model>-<8 hexadecimal digits over the parameters>`. */
export function engineVersion({ algorithm, model, parameters }: VersionParts): string {
  const hash = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 8)
  return `${algorithm}-${model}-${hash}`
}
