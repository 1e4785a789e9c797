import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

import type * as RenderMarkdown from '../markdown/render-markdown.ts'
import type { PageMarkup } from '../markdown/render-markdown.ts'

type Renderer = typeof RenderMarkdown

type RichTextProps = {
  readonly kind: 'markdown' | 'table' | 'formula'
  readonly text: string
  readonly page: PageMarkup
}

// Loaded with the first page that needs it; afterwards there is no flash of the text as it came.
let renderer: Renderer | undefined

/** Markdown, a table or a formula, drawn once its renderer is loaded; until then the text itself. */
export function RichText({ kind, text, page }: RichTextProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const element = root.current
    if (element === null) return undefined
    if (renderer !== undefined) {
      element.replaceChildren(draw(renderer, { kind, text, page }))
      return undefined
    }
    let isShown = true
    element.textContent = text
    import('../markdown/render-markdown.ts').then(
      (loaded) => {
        renderer = loaded
        if (isShown) element.replaceChildren(draw(loaded, { kind, text, page }))
      },
      // Not to be had: the text stays as it came.
      () => undefined,
    )
    return () => {
      isShown = false
    }
  }, [kind, text, page])
  return <div class="rich" ref={root} />
}

function draw(use: Renderer, { kind, text, page }: RichTextProps): DocumentFragment {
  if (kind === 'formula') return use.renderFormula(text, page)
  return kind === 'table' ? use.renderTable(text, page) : use.renderMarkdown(text, page)
}
