import { computed } from '@preact/signals'

import { language } from '../i18n/language.ts'

/** The words of what the top of the page says only when there is a reason. */
export type NoticeTexts = {
  readonly noWorker: string
  readonly noRoom: string
  readonly dismiss: string
  readonly requestId: (id: string) => string
}

/** In English. */
export const en: NoticeTexts = {
  noWorker: 'No worker is running. Your documents are safe and will be read when one is back.',
  noRoom: 'The disk of the service is full. Your documents are safe and go on once there is room.',
  dismiss: 'Dismiss',
  requestId: (id) => `Request ${id}`,
}

/** In Chinese. */
export const zh: NoticeTexts = {
  noWorker: '目前没有工作进程在运行。文档已安全保存，恢复后会继续识别。',
  noRoom: '服务的存储空间已满。文档已安全保存，有空间后会继续识别。',
  dismiss: '关闭',
  requestId: (id) => `请求编号 ${id}`,
}

/** The words in the language of the page. */
export const noticeTexts = computed(() => (language.value === 'zh' ? zh : en))
