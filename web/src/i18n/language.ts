import { effect, signal } from '@preact/signals'

import { recall, remember } from '../remembered.ts'
import { bytesIn, type Language, numberIn } from './format.ts'

export type { Language }

/** The language of the page: what was chosen last, else what the browser prefers. */
export const language = signal<Language>(
  (recall('language') ?? navigator.language).startsWith('zh') ? 'zh' : 'en',
)

/** Keeps the page marked with its language, for screen readers and fonts. */
export function markLanguage(): void {
  effect(() => {
    document.documentElement.lang = language.value === 'zh' ? 'zh-CN' : 'en'
  })
}

/** Changes the language of the page, for this visit and the next ones. */
export function chooseLanguage(chosen: Language): void {
  remember('language', chosen)
  language.value = chosen
}

/** A size such as `4.2 MB`, in the language of the page. */
export const formatBytes = (sizeBytes: number): string => bytesIn(language.value, sizeBytes)

/** A whole number, in the language of the page. */
export const formatNumber = (count: number): string => numberIn(language.value, count)
