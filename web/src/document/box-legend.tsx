import type { Signal } from '@preact/signals'
import type { JSX } from 'preact'

import type { BlockCategory } from '../../../src/contract/page.ts'
import { formatNumber } from '../i18n/language.ts'
import type { BlockView } from '../model.ts'
import { categoryCounts } from './page-boxes.ts'
import { words } from './texts/words.ts'

/** The categories on a page in the colour and pattern of their boxes; each can be hidden. */
export function BoxLegend({
  blocks,
  hidden,
}: {
  blocks: readonly BlockView[]
  hidden: Signal<ReadonlySet<BlockCategory>>
}): JSX.Element {
  const say = words.value.document
  const toggle = (category: BlockCategory): void => {
    const next = new Set(hidden.value)
    if (!next.delete(category)) next.add(category)
    hidden.value = next
  }
  return (
    <fieldset class="legend" aria-label={say.boxes}>
      {categoryCounts(blocks).map(([category, count]) => (
        <button
          key={category}
          class="quiet"
          aria-pressed={!hidden.value.has(category)}
          onClick={() => toggle(category)}
        >
          <svg class={`swatch box-${category}`} viewBox="0 0 16 12" aria-hidden="true">
            <rect x="1.5" y="1.5" width="13" height="9" />
          </svg>
          {say.category[category]} <small>{formatNumber(count)}</small>
        </button>
      ))}
    </fieldset>
  )
}
