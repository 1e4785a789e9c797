import { signal } from '@preact/signals'

/** The ways to show what was read of a page, as the tabs stand. */
export const TABS = ['preview', 'markdown', 'json'] as const

/** The way that is chosen, for all pages. */
export const shownTab = signal<(typeof TABS)[number]>('preview')
