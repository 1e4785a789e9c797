import type { JSX, TargetedEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'

import { formatNumber } from '../i18n/language.ts'
import type { DocumentView } from '../model.ts'
import { hrefOf } from '../state/open-route.ts'
import { useStore } from '../state/store-context.ts'
import { pageAfter } from './keyboard.ts'
import { pageStateOf } from './page-state.ts'
import { scrollToTile, stripWindow } from './strip-window.ts'
import { words } from './texts/words.ts'

/** Width of a tile with its gap; the style sheet has the same. */
const TILE_PX = 44

/** Tiles that fly past while one scrolls show no image of their page; one that is rested on does. */
const PEEK_AFTER_MS = 150

type StripProps = {
  readonly document: DocumentView
  readonly pages: readonly number[]
  readonly page: number
  readonly onOpen: (page: number) => void
}

/** All pages of a document as tiles that tell where each one is. Only the tiles in view are drawn. */
export function PageStrip({ document, pages, page, onOpen }: StripProps): JSX.Element {
  const scroller = useRef<HTMLDivElement>(null)
  const [view, setView] = useState({ scrollPx: 0, viewPx: innerWidth })
  const [peeked, setPeeked] = useState<Peek | null>(null)
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined)
  const place = pages.indexOf(page)
  const peek = (next: Peek | null): void => {
    clearTimeout(rest.current)
    if (next === null) setPeeked(null)
    else rest.current = setTimeout(() => setPeeked(next), PEEK_AFTER_MS)
  }
  const measure = (): void => {
    const { scrollLeft = 0, clientWidth = 0 } = scroller.current ?? {}
    setView({ scrollPx: scrollLeft, viewPx: clientWidth })
  }
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || place < 0) return
    const now = { scrollPx: element.scrollLeft, viewPx: element.clientWidth, tilePx: TILE_PX }
    element.scrollLeft = scrollToTile(place, now)
    measure()
  }, [place])
  useEffect(() => {
    addEventListener('resize', measure)
    return () => {
      removeEventListener('resize', measure)
      clearTimeout(rest.current)
    }
  }, [])
  const { first, end, beforePx, afterPx } = stripWindow(pages.length, { ...view, tilePx: TILE_PX })
  return (
    <nav class="strip" aria-label={words.value.document.pages}>
      <Step {...{ pages, page, onOpen }} command="previous" />
      <div class="tiles" ref={scroller} onScroll={measure} onMouseLeave={() => peek(null)}>
        <div style={{ flex: `0 0 ${beforePx}px` }} />
        {pages.slice(first, end).map((number) => (
          <Tile
            key={number}
            document={document}
            page={number}
            isOpen={number === page}
            onOpen={onOpen}
            onPeek={peek}
          />
        ))}
        <div style={{ flex: `0 0 ${afterPx}px` }} />
      </div>
      <Step {...{ pages, page, onOpen }} command="next" />
      <PageField {...{ pages, page, onOpen }} />
      {peeked !== null && <Thumbnail document={document} peek={peeked} />}
    </nav>
  )
}

/** The tile that is pointed at, and its middle from the left of the view. */
type Peek = { readonly page: number; readonly middlePx: number }

function Tile({
  document,
  page,
  isOpen,
  onOpen,
  onPeek,
}: {
  document: DocumentView
  page: number
  isOpen: boolean
  onOpen: (page: number) => void
  onPeek: (peek: Peek | null) => void
}): JSX.Element {
  const { kind } = pageStateOf(document, page)
  const say = words.value.document
  const peek = ({ currentTarget }: TargetedEvent<HTMLAnchorElement>): void => {
    const isDrawn = kind === 'ok' || kind === 'degraded' || kind === 'empty'
    const { left, width } = currentTarget.getBoundingClientRect()
    onPeek(isDrawn && !isOpen ? { page, middlePx: left + width / 2 } : null)
  }
  return (
    <a
      class={`tile tile-${kind}`}
      href={hrefOf(document.id, page)}
      aria-label={say.tile(formatNumber(page), say.pageState[kind])}
      aria-current={isOpen ? 'page' : undefined}
      // One stop for the Tab key: from there the arrow keys turn the pages.
      tabIndex={isOpen ? 0 : -1}
      onMouseEnter={peek}
      onFocus={peek}
      onBlur={() => onPeek(null)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        onPeek(null)
        onOpen(page)
      }}
    >
      {page}
    </a>
  )
}

function Thumbnail({ document, peek }: { document: DocumentView; peek: Peek }): JSX.Element | null {
  const { api } = useStore()
  const url = api.pageImageUrl(document.id, peek.page)
  if (url === null) return null
  return (
    <img
      key={url}
      class="thumbnail"
      style={{ left: `clamp(5rem, ${peek.middlePx}px, 100vw - 5rem)` }}
      src={url}
      alt=""
      decoding="async"
      ref={(image) => {
        const strip = image?.parentElement?.getBoundingClientRect()
        if (image && strip) image.style.top = `${strip.bottom}px`
      }}
      onError={({ currentTarget }) => (currentTarget.hidden = true)}
    />
  )
}

type TurnProps = Omit<StripProps, 'document'>

function Step({
  pages,
  page,
  onOpen,
  command,
}: TurnProps & { command: 'previous' | 'next' }): JSX.Element {
  const say = words.value.document
  const target = pageAfter(pages, page, command)
  const label = command === 'next' ? say.nextPage : say.previousPage
  return (
    <button
      class={`icon turn-${command}`}
      title={label}
      aria-label={label}
      disabled={target === page}
      onClick={() => onOpen(target)}
    />
  )
}

function PageField({ pages, page, onOpen }: TurnProps): JSX.Element {
  const say = words.value.document
  // Kept while somebody types: the document may be drawn anew with each page that is read.
  const [typed, setTyped] = useState<string | null>(null)
  return (
    <label class="page-field">
      <span class="unseen">{say.goToPage}</span>
      <input
        type="number"
        min={pages[0] ?? 1}
        max={pages.at(-1) ?? 1}
        value={typed ?? page}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={() => setTyped(null)}
        onChange={({ currentTarget }) => {
          const wanted = currentTarget.valueAsNumber
          if (pages.includes(wanted)) onOpen(wanted)
          setTyped(null)
        }}
      />
      <span>{say.ofPages(formatNumber(pages.at(-1) ?? 0))}</span>
    </label>
  )
}
