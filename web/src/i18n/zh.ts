import type { Texts } from './texts.ts'

/** The shell in Chinese. */
export const zh = {
  connection: {
    connecting: '正在连接',
    live: '实时',
    polling: '定时刷新',
    offline: '离线',
  },
  otherLanguage: 'English',
  theme: { auto: '主题：跟随系统', light: '主题：浅色', dark: '主题：深色' },
  apiDocs: 'API 文档',
  operations: '运维',
  offline: '服务没有响应。文档已安全保存，页面会继续重试。',
  drop: '把文档拖到这里',
  choose: '选择文件',
  paste: '或粘贴图片',
  upTo: (size) => `最大 ${size}`,
  upToPages: (count) => `最多 ${count} 页`,
  promise: '每识别一页就保存一页：关闭网页、重启服务，都不会丢失。',
  dropNow: '松开即可识别',
  url: '文档网址',
  read: '识别',
  sample: '试用示例',
  options: '选项',
  loading: '加载中…',
  back: '全部文档',
  loadFailed: '页面的这一部分未能加载。',
  retry: '重试',
} satisfies Texts
