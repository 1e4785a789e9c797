import { computed } from '@preact/signals'

import { language } from '../i18n/language.ts'

/** The words of services with accounts. */
export type AccountTexts = {
  readonly logIn: string
  readonly quota: (used: string, total: string | null) => string
}

/** In English. */
export const en: AccountTexts = {
  logIn: 'Log in',
  quota: (used, total) =>
    total === null ? `${used} pages read` : `${used} of ${total} pages used`,
}

/** In Chinese. */
export const zh: AccountTexts = {
  logIn: '登录',
  quota: (used, total) => (total === null ? `已识别 ${used} 页` : `已用 ${used} / ${total} 页`),
}

/** The words in the language of the page. */
export const accountTexts = computed(() => (language.value === 'zh' ? zh : en))
