import type { Explanation } from '../explanation.ts'

/** What was noticed on a page. */
export const warnings = {
  IMAGE_NOT_DECODED: {
    what: '页面上有一张图片无法解码，其中的文字缺失。',
    remedy: '请与原件对照；重新保存 PDF 后再运行。',
  },
  IMAGE_TRUNCATED: { what: '图片文件不完整或已损坏。', remedy: '请查看底部；重新扫描或导出。' },
  CONTENT_SKIPPED: {
    what: '页面中损坏的内容被跳过。',
    remedy: '请与原件对照；打印为新的 PDF 后再运行。',
  },
  PAGE_BOX_REPLACED: {
    what: '页面给出的尺寸无效，已改用常用尺寸。',
    remedy: '请检查边缘是否被截断。',
  },
  FONT_SUBSTITUTED: {
    what: '缺少一种字体，已用其他字体代替。',
    remedy: '通常无需操作；请检查生僻字符。',
  },
  DPI_LOWERED: {
    what: '页面较大，以较低分辨率绘制。',
    remedy: '通常无需操作；请检查很小的字。',
  },
  TEXT_ILLEGIBLE: {
    what: '页面上似乎有文字，但无法识别。',
    remedy: '请以更清晰或更高的对比度扫描，或换一个引擎。',
  },
  PAGE_TURNED: { what: '页面是横放的，已转正。', remedy: '无需操作。' },
  RETRIED_SMALLER: { what: '页面过于复杂，以一半分辨率识别。', remedy: '请检查小字。' },
  OUTPUT_REPAIRED: { what: '引擎的回应格式有误，已修复。', remedy: '通常无需操作。' },
  OUTPUT_INCOMPLETE: {
    what: '引擎的回应有一部分无法使用。',
    remedy: '请与页面图像对照；重新运行或换一个引擎。',
  },
  BOX_INVALID: {
    what: '有一个区块在页面上没有可用的位置。',
    remedy: '它的文字仍在，但方框覆盖整页。',
  },
  LAYOUT_LOST: {
    what: '只得到纯文本，没有版面。',
    remedy: '请检查表格和分栏；重新运行或换一个引擎。',
  },
  ENGINE_REPLACED: {
    what: '所选引擎无法识别这一页，由备用引擎识别。',
    remedy: '请比其他页更仔细地检查。',
  },
} as const satisfies Record<string, Explanation>
