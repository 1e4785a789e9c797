import { computed } from '@preact/signals'

import { language } from '../i18n/language.ts'

/** The words of services with keys. */
export type KeyTexts = {
  readonly needsKey: string
  readonly open: string
  readonly forget: string
  readonly notKept: string
}

/** In English. */
export const en: KeyTexts = {
  needsKey: 'This service needs a key:',
  open: 'Open',
  forget: 'Forget the key',
  notKept:
    'The key is right, but the browser has not kept it. Allow cookies, and open the page at the address that the operator gave you.',
}

/** In Chinese. */
export const zh: KeyTexts = {
  needsKey: '本服务需要密钥：',
  open: '进入',
  forget: '清除密钥',
  notKept: '密钥正确，但浏览器没有保存它。请允许 Cookie，并使用管理员提供的网址打开本页。',
}

/** The words in the language of the page. */
export const keyTexts = computed(() => (language.value === 'zh' ? zh : en))
