import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'

import type { BlockCategory } from '../../../src/contract/page.ts'
import { formatNumber } from '../i18n/language.ts'
import type { PageView } from '../model.ts'
import { BoxLegend } from './box-legend.tsx'
import { BoxOverlay } from './box-overlay.tsx'
import { words } from './texts/words.ts'
import { nextZoom, type Zoom } from './zoom.ts'

// Chosen for all pages: whoever looks at tables looks at the tables of the next page too.
const hidden = signal<ReadonlySet<BlockCategory>>(new Set())
const zoom = signal<Zoom>('fit')

/** The image of a page as it was read, with the boxes of its blocks. Nothing moves when it arrives. */
export function PageImage({
  page,
  url,
  view,
}: {
  page: number
  url: string
  /** `null`: the page failed, there are no boxes. */
  view: PageView | null
}): JSX.Element | null {
  const [problem, setProblem] = useState<'missing' | 'failed' | null>(null)
  const say = words.value.document
  if (problem !== null && view === null) return null
  if (problem === 'missing') return <p class="image-pane hint">{say.noImage}</p>
  if (problem === 'failed')
    return (
      <p class="image-pane hint" role="alert">
        {say.imageFailed} <button onClick={() => setProblem(null)}>{say.tryAgain}</button>
      </p>
    )
  const hasSize = view !== null && view.width > 0 && view.height > 0
  const ratio = hasSize ? view.width / view.height : undefined
  return (
    <figure class="image-pane">
      <div class="image-tools">
        {view !== null && <BoxLegend blocks={view.blocks} hidden={hidden} />}
        <ZoomButtons />
      </div>
      <section
        class="image-scroll"
        // What scrolls has to be reached without a mouse.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={say.image(formatNumber(page))}
      >
        <div
          class={zoom.value === 'fit' ? 'image-sheet fit' : 'image-sheet'}
          style={{
            aspectRatio: ratio,
            '--ratio': ratio ?? 0.7,
            width: zoom.value === 'fit' ? undefined : `${zoom.value * 100}%`,
          }}
        >
          <img
            src={url}
            alt={say.image(formatNumber(page))}
            loading="lazy"
            decoding="async"
            width={hasSize ? view.width : undefined}
            height={hasSize ? view.height : undefined}
            onError={() => void problemOf(url).then(setProblem)}
          />
          {hasSize && <BoxOverlay view={view} hidden={hidden.value} />}
        </div>
      </section>
    </figure>
  )
}

/** Why an image was not shown, which the element does not tell. Never rejects. */
async function problemOf(url: string): Promise<'missing' | 'failed'> {
  try {
    const { status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(15_000) })
    return status === 404 ? 'missing' : 'failed'
  } catch {
    return 'failed'
  }
}

function ZoomButtons(): JSX.Element {
  const say = words.value.document
  const step = (direction: 1 | -1, label: string, name: string): JSX.Element => (
    <button
      class={`icon ${name}`}
      title={label}
      aria-label={label}
      disabled={nextZoom(zoom.value, direction) === zoom.value}
      onClick={() => (zoom.value = nextZoom(zoom.value, direction))}
    />
  )
  return (
    <div class="zoom">
      {step(-1, say.zoomOut, 'zoom-out')}
      {step(1, say.zoomIn, 'zoom-in')}
      <button class="quiet" disabled={zoom.value === 'fit'} onClick={() => (zoom.value = 'fit')}>
        {say.fit}
      </button>
    </div>
  )
}
