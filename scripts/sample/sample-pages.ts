/** One thing on a page of the sample, from top to bottom. */
export type SampleItem =
  | { readonly kind: 'title' | 'heading' | 'line'; readonly text: string }
  | { readonly kind: 'gap' }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }

/** The two pages of the bundled sample: our own words, so free of anybody's rights. */
export const SAMPLE_PAGES: readonly (readonly SampleItem[])[] = [
  [
    { kind: 'title', text: 'Durable OCR' },
    { kind: 'heading', text: '一份不会丢失的文档' },
    { kind: 'line', text: '每一份上传的文档都是一个工作流，每一页都是其中的一步。' },
    { kind: 'line', text: '即使识别程序在第三十页突然崩溃，前面的结果也不会丢失。' },
    { kind: 'line', text: '程序重新启动之后，识别会从中断的地方继续进行。' },
    { kind: 'gap' },
    { kind: 'heading', text: 'A document that cannot get lost' },
    { kind: 'line', text: 'Every uploaded document is one workflow, and every page is one step.' },
    { kind: 'line', text: 'A worker may die in the middle of page thirty; nothing is lost.' },
    { kind: 'line', text: 'After a restart the recognition goes on where it was interrupted.' },
    { kind: 'line', text: 'This page mixes Chinese and English on purpose.' },
  ],
  [
    { kind: 'title', text: '识别结果 Results' },
    { kind: 'line', text: '下表列出了三种常见的文件格式。' },
    { kind: 'line', text: 'The table lists three common kinds of files.' },
    { kind: 'gap' },
    {
      kind: 'table',
      rows: [
        ['格式 Format', '页数 Pages', '说明 Note'],
        ['PDF', '40', '扫描件 scanned'],
        ['TIFF', '12', '传真 fax'],
        ['PNG', '1', '截图 screenshot'],
      ],
    },
    { kind: 'gap' },
    { kind: 'line', text: '合计 53 页，全部识别成功。' },
    { kind: 'line', text: 'In total 53 pages, all of them recognized.' },
  ],
]
