import { z } from 'zod'
import type { VariableType } from './variable-types.ts'

/** What the documentation says of a variable. */
export type VariableAbout = {
  readonly section:
    | 'General'
    | 'HTTP'
    | 'Access'
    | 'Limits'
    | 'Webhooks'
    | 'Storage'
    | 'Temporal'
    | 'Workers'
    | 'Engines'
    | 'LLM and Ollama'
    | 'GPU engines'
    | 'Dialects'
    | 'Qianxia'
    | 'npm start'
    | 'Command line'
  readonly description: string
  /** Empty for what has no unit. */
  readonly unit: string
  readonly accepts: string
  readonly isSecret: boolean
  readonly emptyIsValue: boolean
  /** As it would be written; `null`: unset is a state of its own, or the default is computed. */
  readonly defaultText: string | null
  /** In words, where `defaultText` is `null`. */
  readonly defaultMeaning: string
}

/** What the documentation says, by schema. */
export const VARIABLE_ABOUT = z.registry<VariableAbout>()

/** What is written where a variable is declared. */
export type Description = Pick<VariableAbout, 'section' | 'description'> & {
  readonly unit?: string
}

/** A variable with a default, written as its user would write it. */
export function withDefault<T>(
  type: VariableType<T>,
  defaultText: string,
  description: Description,
): z.ZodType<T, string | undefined> {
  const schema = type.schema.prefault(defaultText)
  return describeVariable(schema, type, { ...description, defaultText, defaultMeaning: '' })
}

/** A variable that may be unset: `null`. */
export function withoutDefault<T>(
  type: VariableType<T>,
  defaultMeaning: string,
  description: Description,
): z.ZodType<T | null, string | undefined> {
  const schema = type.schema.optional().transform((value) => value ?? null)
  return describeVariable(schema, type, { ...description, defaultText: null, defaultMeaning })
}

/** A variable whose default depends on the machine. */
export function withComputed<T>(
  type: VariableType<T>,
  options: { readonly compute: () => T; readonly meaning: string; readonly about: Description },
): z.ZodType<T, string | undefined> {
  const schema = type.schema.optional().transform((value) => value ?? options.compute())
  const defaultMeaning = options.meaning
  return describeVariable(schema, type, { ...options.about, defaultText: null, defaultMeaning })
}

function describeVariable<S extends z.ZodType>(
  schema: S,
  type: Pick<VariableType<unknown>, 'accepts' | 'isSecret' | 'emptyIsValue'>,
  about: Description & Pick<VariableAbout, 'defaultText' | 'defaultMeaning'>,
): S {
  const { accepts, isSecret, emptyIsValue } = type
  VARIABLE_ABOUT.add(schema, { unit: '', ...about, accepts, isSecret, emptyIsValue })
  return schema
}
