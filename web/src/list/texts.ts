import { computed } from '@preact/signals'

import type { DocumentState } from '../../../src/contract/document-status.ts'
import { language } from '../i18n/language.ts'

/** The words of the list. Counts arrive as numbers where a plural depends on them. */
export type ListTexts = {
  readonly state: Readonly<Record<DocumentState, string>>
  readonly documents: string
  readonly filter: string
  readonly all: string
  readonly none: string
  readonly more: string
  readonly opening: string
  readonly pagesDone: (done: string, total: string) => string
  readonly pages: (count: number, formatted: string) => string
  readonly failedPages: (count: string) => string
  readonly degradedPages: (count: string) => string
  readonly took: (duration: string) => string
  readonly left: (duration: string) => string
  readonly cancel: string
  readonly remove: string
  readonly confirmRemove: string
  readonly keep: string
  readonly runAgain: string
}

const plurals = new Intl.PluralRules('en')

/** In English. */
export const en: ListTexts = {
  state: {
    queued: 'Waiting',
    processing: 'Running',
    cancelling: 'Cancelling',
    completed: 'Completed',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  documents: 'Documents',
  filter: 'Show',
  all: 'All',
  none: 'Nothing here.',
  more: 'Load more',
  opening: 'Opening…',
  pagesDone: (done, total) => `${done} of ${total}`,
  pages: (count, formatted) => `${formatted} page${plurals.select(count) === 'one' ? '' : 's'}`,
  failedPages: (count) => `${count} failed`,
  degradedPages: (count) => `${count} to check`,
  took: (duration) => `in ${duration}`,
  left: (duration) => `~${duration} left`,
  cancel: 'Cancel',
  remove: 'Delete',
  confirmRemove: 'Delete for good?',
  keep: 'Keep',
  runAgain: 'Run again',
}

/** In Chinese. */
export const zh: ListTexts = {
  state: {
    queued: '等待中',
    processing: '处理中',
    cancelling: '正在取消',
    completed: '已完成',
    failed: '失败',
    cancelled: '已取消',
  },
  documents: '文档',
  filter: '筛选',
  all: '全部',
  none: '这里没有文档。',
  more: '加载更多',
  opening: '正在打开…',
  pagesDone: (done, total) => `${done} / ${total}`,
  pages: (_, formatted) => `${formatted} 页`,
  failedPages: (count) => `${count} 页失败`,
  degradedPages: (count) => `${count} 页待核对`,
  took: (duration) => `用时 ${duration}`,
  left: (duration) => `约剩 ${duration}`,
  cancel: '取消',
  remove: '删除',
  confirmRemove: '确定删除？',
  keep: '保留',
  runAgain: '重新识别',
}

/** The words in the language of the page. */
export const listTexts = computed(() => (language.value === 'zh' ? zh : en))
