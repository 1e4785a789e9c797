import { HELLO, HELVETICA, onePagePdf } from '../pdf-kernel.ts'
import type { BadFile, Outcome } from './bad-file.ts'

const TEXT = { content: HELLO, resources: HELVETICA } as const

/** Pages of sizes that no canvas can hold, that are none, or only odd. */
export function pageBoxes(): readonly BadFile[] {
  const family = 'page box'
  const box = (name: string, value: string, want: readonly Outcome[]): BadFile => ({
    name,
    family,
    make: () => onePagePdf({ ...TEXT, box: value }),
    want,
    options: { dpi: 200 },
  })
  const turned = (name: string, want: readonly Outcome[], pageEntries: string): BadFile => ({
    ...box(name, '0 0 612 792', want),
    make: () => onePagePdf({ ...TEXT, pageEntries }),
  })
  return [
    box('of a billion points', '0 0 1000000000 1000000000', ['failed(PAGE_TOO_LARGE)']),
    box('of 14,400 points', '0 0 14400 14400', ['failed(PAGE_TOO_LARGE)']),
    box('200,000 wide, 1 high', '0 0 200000 1', ['failed(PAGE_TOO_LARGE)']),
    box('1 wide, 200,000 high', '0 0 1 200000', ['failed(PAGE_TOO_LARGE)']),
    turned('times a user unit of 75,000', ['failed(PAGE_TOO_LARGE)'], '/UserUnit 75000'),
    box('of 1e300 points', `0 0 1${'0'.repeat(300)} 1${'0'.repeat(300)}`, [
      'failed(PAGE_TOO_LARGE)',
      'degraded(PAGE_BOX_REPLACED)',
    ]),
    box('reversed', '612 792 0 0', ['ok']),
    box('of fractions', '0 0 611.99999 792.00001', ['ok']),
    box('below zero', '-612 -792 612 792', ['ok']),
    { ...box('empty', '0 0 0 0', ['degraded(PAGE_BOX_REPLACED)']), planted: 1 },
    { ...box('without height', '0 0 612 0', ['degraded(PAGE_BOX_REPLACED)']), planted: 1 },
    { ...box('of names', '/A /B /C /D', ['degraded(PAGE_BOX_REPLACED)']), planted: 1 },
    { ...box('of two numbers', '612 792', ['degraded(PAGE_BOX_REPLACED)']), planted: 1 },
    turned('turned by 37 degrees', ['ok'], '/Rotate 37'),
    turned('turned by 450 degrees', ['ok'], '/Rotate 450'),
  ]
}
