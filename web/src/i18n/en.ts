import type { Texts } from './texts.ts'

/** The shell in English. */
export const en = {
  connection: {
    connecting: 'Connecting',
    live: 'Live',
    polling: 'Refreshing',
    offline: 'Offline',
  },
  otherLanguage: '中文',
  theme: { auto: 'Theme: auto', light: 'Theme: light', dark: 'Theme: dark' },
  apiDocs: 'API docs',
  operations: 'Operations',
  offline: 'The service does not answer. Your documents are safe; this page keeps trying.',
  drop: 'Drop documents here',
  choose: 'Choose files',
  paste: 'or paste an image',
  upTo: (size) => `up to ${size}`,
  upToPages: (count) => `up to ${count} pages`,
  promise:
    'Every page is kept as soon as it is read: close this page, restart anything, lose nothing.',
  dropNow: 'Drop to read',
  url: 'Address of a document',
  read: 'Read',
  sample: 'Try the sample',
  options: 'Options',
  loading: 'Loading…',
  back: 'All documents',
  loadFailed: 'This part of the page could not be loaded.',
  retry: 'Try again',
} satisfies Texts
