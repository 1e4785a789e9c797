import { effect, signal } from '@preact/signals'

import { recall, remember } from '../remembered.ts'

const THEMES = ['auto', 'light', 'dark'] as const

/** How the page is coloured; `auto`: as the system is. */
export type Theme = (typeof THEMES)[number]

/** The colours that were chosen last. */
export const theme = signal<Theme>(THEMES.find((name) => name === recall('theme')) ?? 'auto')

effect(() => {
  document.documentElement.dataset['theme'] = theme.value
})

/** Goes on to the next of auto, light, dark. */
export function switchTheme(): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'auto'
  remember('theme', theme.value)
}
