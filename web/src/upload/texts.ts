import { computed } from '@preact/signals'

import { language } from '../i18n/language.ts'

/** The words of the parts that are loaded with the first upload, or with the options. */
export type UploadTexts = {
  readonly engine: string
  readonly automatic: string
  readonly isDefault: string
  readonly isMissing: string
  readonly pages: string
  readonly pagesHint: string
  readonly pagesWrong: string
  readonly languages: string
  readonly password: string
  readonly passwordHint: string
  readonly uploads: string
  readonly waiting: string
  readonly sent: (sent: string, total: string) => string
  readonly accepting: string
  readonly abort: (name: string) => string
  readonly dismiss: (name: string) => string
  readonly problems: {
    readonly empty: string
    readonly type: (types: string) => string
    readonly size: (size: string, most: string) => string
    readonly unavailable: string
  }
}

/** In English. */
export const en: UploadTexts = {
  engine: 'Engine',
  automatic: 'Chosen by the service',
  isDefault: 'default',
  isMissing: 'not set up',
  pages: 'Pages',
  pagesHint: 'all, or 1-3,7',
  pagesWrong: 'Write page numbers and ranges such as 1-3,7.',
  languages: 'Languages',
  password: 'PDF password',
  passwordHint: 'if it is locked',
  uploads: 'Uploads',
  waiting: 'Waiting for its turn',
  sent: (sent, total) => `${sent} of ${total}`,
  accepting: 'Being accepted…',
  abort: (name) => `Stop sending ${name}`,
  dismiss: (name) => `Dismiss ${name}`,
  problems: {
    empty: 'The file is empty, or a folder. Choose the files themselves.',
    type: (types) => `Files of this type cannot be read. Choose one of ${types}.`,
    size: (size, most) =>
      `The file has ${size}, and at most ${most} are taken. Split or compress it.`,
    unavailable: 'The sample could not be loaded. Choose a file of your own.',
  },
}

/** In Chinese. */
export const zh: UploadTexts = {
  engine: '识别引擎',
  automatic: '由服务选择',
  isDefault: '默认',
  isMissing: '未配置',
  pages: '页码',
  pagesHint: '全部，或如 1-3,7',
  pagesWrong: '请填写页码或范围，例如 1-3,7。',
  languages: '语言',
  password: 'PDF 密码',
  passwordHint: '仅加密文件需要',
  uploads: '上传',
  waiting: '排队上传',
  sent: (sent, total) => `${sent} / ${total}`,
  accepting: '等待确认…',
  abort: (name) => `停止上传 ${name}`,
  dismiss: (name) => `关闭 ${name}`,
  problems: {
    empty: '文件为空，或是文件夹。请选择文件本身。',
    type: (types) => `无法识别这种文件。请选择 ${types} 文件。`,
    size: (size, most) => `文件大小为 ${size}，上限为 ${most}。请拆分或压缩后再试。`,
    unavailable: '示例加载失败。请选择自己的文件。',
  },
}

/** The words in the language of the page. */
export const uploadTexts = computed(() => (language.value === 'zh' ? zh : en))
