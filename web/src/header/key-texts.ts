import { computed } from '@preact/signals'

import { language } from '../i18n/language.ts'

/** The words of services with keys. */
export type KeyTexts = {
  readonly needsKey: string
  readonly open: string
  readonly forget: string
}

/** In English. */
export const en: KeyTexts = {
  needsKey: 'This service needs a key:',
  open: 'Open',
  forget: 'Forget the key',
}

/** In Chinese. */
export const zh: KeyTexts = {
  needsKey: '本服务需要密钥：',
  open: '进入',
  forget: '清除密钥',
}

/** The words in the language of the page. */
export const keyTexts = computed(() => (language.value === 'zh' ? zh : en))
