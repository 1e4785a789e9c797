import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'

import type { PageMarkup } from '../markdown/render-markdown.ts'
import type { BlockView, PageView } from '../model.ts'
import { pageContent, pictureUrls } from './page-content.ts'
import { RichText } from './rich-text.tsx'
import { words } from './texts/words.ts'

/** A page as one reads it: its blocks one after the other. */
export function PagePreview({ view }: { view: PageView }): JSX.Element {
  const content = useMemo(() => pageContent(view), [view])
  const page = useMemo((): PageMarkup => {
    const pictures = pictureUrls(view)
    return {
      pictureUrl: (path) => pictures.get(path) ?? null,
      cost: { elements: 0, spannedCells: 0 },
    }
  }, [view])
  return (
    <div class="preview">
      {content.isCut && <p class="card warn">{words.value.document.cut}</p>}
      {content.kind === 'text' && <p class="plain">{content.text}</p>}
      {content.kind === 'markdown' && <RichText kind="markdown" text={content.text} page={page} />}
      {content.kind === 'blocks' &&
        content.blocks.map((block, place) => (
          <div key={place} class={`block ${block.category}`} data-block={place}>
            <BlockContent block={block} markup={view.markup} page={page} />
          </div>
        ))}
    </div>
  )
}

function BlockContent({
  block: { category, text, imageUrl },
  markup,
  page,
}: {
  block: BlockView
  markup: PageView['markup']
  page: PageMarkup
}): JSX.Element {
  if (category === 'picture') return <Picture url={imageUrl} text={text} />
  if (category === 'formula') return <RichText kind="formula" text={text} page={page} />
  if (category === 'table') return <RichText kind="table" text={text} page={page} />
  const isHeading = category === 'title' || category === 'section-header'
  if (markup === 'markdown') {
    const markdown = isHeading && !text.startsWith('#') ? `# ${text}` : text
    return <RichText kind="markdown" text={markdown} page={page} />
  }
  // Both levels alike: what a page begins with is no sub-heading of anything.
  return isHeading ? <h3 class="plain">{text}</h3> : <p class="plain">{text}</p>
}

function Picture({ url, text }: { url: string | null; text: string }): JSX.Element {
  const alt = text || words.value.document.picture
  if (url === null) return <p class="no-picture">{alt}</p>
  return <img src={url} alt={alt} loading="lazy" decoding="async" />
}
