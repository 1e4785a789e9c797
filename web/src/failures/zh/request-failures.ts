import type { Explanation } from '../explanation.ts'

/** What may be wrong with an upload, a look-up or the caller. */
export const requestFailures = {
  UNSUPPORTED_FILE_TYPE: {
    what: '无法识别这种类型的文件。',
    remedy: '请上传 PDF 或图片。以文件内容为准，与文件名无关。',
  },
  FILE_TOO_LARGE: {
    what: '文件超过了本服务的大小限制。',
    remedy: '请拆分或压缩文件，或请管理员调高限制。',
  },
  EMPTY_FILE: { what: '文件是空的。', remedy: '请重新导出或复制文件，上一次可能中断了。' },
  INVALID_FILE_NAME: { what: '文件名含有不允许的字符。', remedy: '请改名后重新上传。' },
  REQUEST_MALFORMED: {
    what: '服务无法理解这个请求。',
    remedy: '请检查填写的内容（例如页码）；如果没有问题，请刷新本页。',
  },
  REQUEST_TIMEOUT: { what: '上传太慢，已被中止。', remedy: '请在网络较好时重新上传。' },
  URL_NOT_ALLOWED: {
    what: '不允许从这个地址获取文件。',
    remedy: '请使用公开的 http 或 https 地址，或直接上传文件。',
  },
  PATH_INPUT_DISABLED: { what: '不允许按路径读取服务器上的文件。', remedy: '请改为上传文件。' },
  NOT_FOUND: { what: '服务没有这个地址。', remedy: '请刷新本页，它可能比服务旧。' },
  METHOD_NOT_ALLOWED: { what: '服务不支持这个操作。', remedy: '请刷新本页，它可能比服务旧。' },
  DOCUMENT_NOT_FOUND: { what: '没有这个文档。', remedy: '它已被删除，或地址有误。请返回列表。' },
  PAGE_NOT_FOUND: { what: '文档没有这一页。', remedy: '请在上方选择一页。' },
  BLOB_MISSING: {
    what: '保存的文件已不存在。',
    remedy: '请重新上传文档。管理员：请检查磁盘和文件保留时间。',
  },
  RESULT_NOT_READY: { what: '还没有结果。', remedy: '请等待识别完成，本页会自动显示结果。' },
  DOCUMENT_FINISHED: { what: '文档已经结束。', remedy: '无需取消。' },
  IDEMPOTENCY_KEY_REUSED: { what: '这次上传被误认为另一次上传。', remedy: '请重新上传文件。' },
  UNAUTHORIZED: { what: '尚未登录，或密钥有误。', remedy: '请重新登录，或向管理员索取密钥。' },
  ORIGIN_NOT_ALLOWED: {
    what: '来自这个网址的请求被拒绝。',
    remedy: '请使用管理员提供的地址打开本页。',
  },
  HOST_NOT_ALLOWED: {
    what: '服务不在这个网址上。',
    remedy: '请使用管理员提供的地址打开本页。',
  },
  RATE_LIMITED: { what: '短时间内请求过多。', remedy: '请稍等一分钟再试。' },
  QUEUE_FULL: { what: '排队的页面过多。', remedy: '请过几分钟再上传。' },
  QUOTA_EXCEEDED: { what: '额度已用完。', remedy: '请删除不再需要的文档，或申请更多额度。' },
  WEBHOOKS_DISABLED: {
    what: '服务没有启用回调通知。',
    remedy: '管理员：请设置 OCR_WEBHOOK_SECRET。',
  },
} as const satisfies Record<string, Explanation>
