import type { Explanation } from '../explanation.ts'

/** What may be wrong with a document or one of its pages, and how it may end. */
export const documentFailures = {
  ENCRYPTED_PDF: {
    what: 'PDF 已加密，没有提供密码或密码有误。',
    remedy: '请重新上传，并在“选项”中填写密码。',
  },
  CORRUPT_PDF: {
    what: 'PDF 已损坏，无法读取。',
    remedy: '请用 PDF 阅读器打开并打印为新的 PDF，再上传。',
  },
  CORRUPT_IMAGE: { what: '图片已损坏。', remedy: '请重新扫描或导出。' },
  EMPTY_DOCUMENT: { what: '文档没有页面。', remedy: '请检查生成它的程序，并重新导出。' },
  TOO_MANY_PAGES: { what: '文档页数超过了本服务的限制。', remedy: '请拆分为较小的文件。' },
  PAGES_OUT_OF_RANGE: { what: '所选的页都不存在。', remedy: '请重新上传，并选择存在的页。' },
  IMAGE_DIMENSIONS: { what: '图片的像素过多。', remedy: '请缩小图片后重新上传。' },
  PAGE_TOO_LARGE: {
    what: '页面尺寸过大，文字会小到无法辨认。',
    remedy: '请在 PDF 中缩放或裁剪这一页。',
  },
  IMAGE_TOO_LARGE: {
    what: '页面上有一张图片过大，无法绘制。',
    remedy: '请用较小的图片重新保存 PDF，再上传。',
  },
  TOO_COMPLEX: {
    what: '页面所需内存超过上限，降低一半分辨率仍然不够。',
    remedy: '请把这一页打印为图片或更简单的 PDF，再上传。',
  },
  PAGE_TIMEOUT: {
    what: '页面处理时间过长，降低一半分辨率仍然超时。',
    remedy: '请在服务空闲时重新运行，或简化页面。',
  },
  TIME_BUDGET: {
    what: '轮到这一页之前，整个文档的时间已用完。',
    remedy: '请每次少发一些页。已识别的页会保留。',
  },
  PAGE_POISON: {
    what: '这一页多次使工作进程中断，已被搁置。',
    remedy: '请告知管理员：工作进程的日志和内存可说明原因。',
  },
  SUSPECT_OUTPUT: {
    what: '引擎在谈论这一页，而没有识别它。',
    remedy: '请重新运行，或换一个引擎。',
  },
  CANCELLED: { what: '文档已取消。已识别的页会保留。', remedy: '重新运行即可识别其余页面。' },
} as const satisfies Record<string, Explanation>
