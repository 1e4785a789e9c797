import { effect, signal } from '@preact/signals'

import type { Connection } from '../model.ts'
import { language } from './language.ts'

/** The words of the shell. What is loaded later brings its own. */
export type Texts = {
  readonly connection: Readonly<Record<Connection, string>>
  /** Name of the other language, in that language. */
  readonly otherLanguage: string
  readonly theme: Readonly<Record<'auto' | 'light' | 'dark', string>>
  readonly apiDocs: string
  readonly operations: string
  readonly offline: string
  readonly drop: string
  readonly choose: string
  readonly paste: string
  readonly upTo: (size: string) => string
  readonly upToPages: (count: string) => string
  readonly promise: string
  readonly dropNow: string
  readonly url: string
  readonly read: string
  readonly sample: string
  readonly options: string
  readonly loading: string
  readonly back: string
  readonly loadFailed: string
  readonly retry: string
}

// The page waits for them, so dictionaries import nothing: what they import could wait for the page.
/** The words in the language of the page. */
export const texts = signal(await load())

effect(() => {
  const wanted = language.value
  load().then(
    (loaded) => {
      if (wanted === language.peek()) texts.value = loaded
    },
    // Not to be had: the page keeps the words it has.
    () => undefined,
  )
})

async function load(): Promise<Texts> {
  return language.value === 'zh' ? (await import('./zh.ts')).zh : (await import('./en.ts')).en
}
