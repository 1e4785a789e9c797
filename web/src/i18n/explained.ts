import { signal } from '@preact/signals'

import { explain, type Explanation, type Explanations } from '../failures/explanation.ts'
import { type Language, language } from './language.ts'
import { texts } from './texts.ts'

const explanations = signal<Partial<Record<Language, Explanations>>>({})
const asked = new Set<Language>()

/**
 * A refusal or failure in the language of the page: what happened, and what to do about it. The
 * table is loaded with the first one; until then, and for an unknown code, the service's own words.
 *
 * @param message what the service said, in English, which tells more than the table
 */
export function explained(
  code: string,
  message: string,
): { readonly what: string; readonly remedy: Explanation['remedy'] | null } {
  if (code === 'NETWORK') return { what: texts.value.offline, remedy: null }
  const loaded = explanations.value[language.value]
  if (!loaded) {
    void load(language.value)
    return { what: message, remedy: null }
  }
  const { what, remedy } = explain(loaded.failures, code, message)
  return { what: language.value === 'en' ? message : what, remedy }
}

async function load(wanted: Language): Promise<void> {
  if (asked.has(wanted)) return
  asked.add(wanted)
  try {
    const table =
      wanted === 'zh'
        ? (await import('../failures/zh.ts')).zh
        : (await import('../failures/en.ts')).en
    explanations.value = { ...explanations.peek(), [wanted]: table }
  } catch {
    // Not to be had now: asked for again with the next failure.
    asked.delete(wanted)
  }
}
