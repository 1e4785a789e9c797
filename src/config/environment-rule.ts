import type { z } from 'zod'

/** A rule over several variables, told as a mistake in one of them. */
export type EnvironmentRule<Env, Name extends string = string> = {
  /** The variable that the mistake is told of. */
  readonly variable: Name
  /** What the rule looks at; it is left out when one of these is wrong by itself. */
  readonly names: readonly Name[]
  /** Begins with `expected`. */
  readonly error: string | ((env: Env) => string)
  readonly isMet: (env: Env) => boolean
}

/** Adds a rule to a schema. It runs although other variables are wrong, so that all is told at once. */
export function withRule<Schema extends z.ZodObject>(
  schema: Schema,
  { variable, names, error, isMet }: EnvironmentRule<z.output<Schema>>,
): Schema {
  return schema.refine(isMet, {
    path: [variable],
    // The input of an issue of the whole object is the object that `isMet` was given.
    error: (issue) => (typeof error === 'string' ? error : error(issue.input as z.output<Schema>)),
    when: ({ issues }) => !issues.some((issue) => names.includes(String(issue.path?.[0]))),
  })
}
