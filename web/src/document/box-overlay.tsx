import type { JSX } from 'preact'
import { useMemo, useRef } from 'preact/hooks'

import type { BlockCategory } from '../../../src/contract/page.ts'
import { formatNumber } from '../i18n/language.ts'
import type { PageView } from '../model.ts'
import { type PageBox, pageBoxes } from './page-boxes.ts'
import { words } from './texts/words.ts'

/**
 * The boxes over a page image, in its pixels: each in colour and pattern of its category, with the
 * place of its block in reading order. The Tab key finds the first one, ↑ and ↓ the others.
 */
export function BoxOverlay({
  view,
  hidden,
}: {
  view: PageView
  hidden: ReadonlySet<BlockCategory>
}): JSX.Element {
  const root = useRef<SVGSVGElement>(null)
  const boxes = useMemo(() => pageBoxes(view), [view]).filter(
    ({ category }) => !hidden.has(category),
  )
  const places = boxes.map(({ block }) => block).toSorted((one, other) => one - other)
  const move = (event: KeyboardEvent): void => {
    const from = event.target instanceof Element ? event.target.getAttribute('data-block') : null
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (from === null) return
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      event.target?.dispatchEvent(new MouseEvent('click', { bubbles: true }))
    }
    const next = step === undefined ? undefined : places[places.indexOf(Number(from)) + step]
    if (next === undefined) return
    event.preventDefault()
    root.current?.querySelector<SVGElement>(`[data-block="${next}"]`)?.focus()
  }
  const { width, height } = view
  // Some 11 px on the screen where the page fits its pane.
  const size = Math.max(width / 45, 8)
  return (
    <svg
      ref={root}
      class="boxes"
      viewBox={`0 0 ${width} ${height}`}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- SVG has no element for it
      role="group"
      aria-label={words.value.document.boxes}
    >
      {boxes.map((box) => (
        <Box
          key={box.block}
          box={box}
          size={size}
          isStop={box.block === places[0]}
          onKeyDown={move}
        />
      ))}
    </svg>
  )
}

function Box({
  box,
  size,
  isStop,
  onKeyDown,
}: {
  box: PageBox
  size: number
  isStop: boolean
  onKeyDown: (event: KeyboardEvent) => void
}): JSX.Element {
  const { block, category, left, top, width, height } = box
  const say = words.value.document
  const place = formatNumber(block + 1)
  const name = say.box(say.category[category], place)
  // Beside the box, so that it hides no text; inside where the page ends.
  const tagWidth = size * (0.5 + place.length * 0.6)
  const tagLeft = left >= tagWidth ? left - tagWidth : left
  return (
    <g
      class={`box box-${category}`}
      data-block={block}
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- SVG has no element for it
      role="button"
      // In lower case: names of SVG attributes are taken as they are written.
      tabindex={isStop ? 0 : -1}
      aria-label={name}
      onKeyDown={onKeyDown}
    >
      <title>{name}</title>
      <rect x={left} y={top} width={width} height={height} />
      <g aria-hidden="true" class="box-place">
        <rect x={tagLeft} y={top} width={tagWidth} height={size * 1.25} />
        <text x={tagLeft + size * 0.25} y={top + size * 0.98} font-size={size}>
          {place}
        </text>
      </g>
    </g>
  )
}
