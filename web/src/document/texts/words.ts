import { effect, signal } from '@preact/signals'

import type { Explanations } from '../../failures/explanation.ts'
import { language } from '../../i18n/language.ts'
import type { DocumentTexts } from './document-texts.ts'

/** What the document view says, in the language of the page. */
export type Words = { readonly document: DocumentTexts; readonly explanations: Explanations }

/** The words in the language of the page. */
export const words = signal(await load())

effect(() => {
  const wanted = language.value
  load().then(
    (loaded) => {
      if (wanted === language.peek()) words.value = loaded
    },
    // Not to be had: the view keeps the words it has.
    () => undefined,
  )
})

async function load(): Promise<Words> {
  if (language.peek() === 'zh') {
    const [document, explanations] = await Promise.all([
      import('./zh.ts'),
      import('../../failures/zh.ts'),
    ])
    return { document: document.zh, explanations: explanations.zh }
  }
  const [document, explanations] = await Promise.all([
    import('./en.ts'),
    import('../../failures/en.ts'),
  ])
  return { document: document.en, explanations: explanations.en }
}
