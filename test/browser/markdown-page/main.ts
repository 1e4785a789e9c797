import {
  renderFormula,
  renderMarkdown,
  renderTable,
} from '../../../web/src/markdown/render-markdown.ts'

/** How a text is drawn, as the document view does it. */
export type Kind = 'markdown' | 'table' | 'formula'

/** What the test may do with the page. */
export type MarkdownPage = {
  /** Draws a text in place of the last one, and has it laid out. */
  draw(kind: Kind, text: string): void
  /** Pokes at everything that was drawn. */
  poke(): void
  /** Times that a payload ran. */
  runs: number
}

declare global {
  interface Window {
    markdownPage: MarkdownPage
    /** What payloads call. */
    pwn(): void
  }
}

/** Events whose handlers a payload may have brought along. */
const EVENTS = [
  'mouseover mouseenter pointerover focus blur load error toggle scroll animationstart',
  'animationend transitionend begin wheel copy input change',
].flatMap((names) => names.split(' '))

const root = document.querySelector('#root') ?? document.body

window.pwn = () => {
  window.markdownPage.runs++
}

window.markdownPage = {
  runs: 0,
  draw(kind, text) {
    root.replaceChildren(drawn(kind, text))
    void root.scrollHeight
  },
  poke() {
    for (const element of [...root.querySelectorAll('*')].slice(0, 500)) poke(element)
  },
}

function drawn(kind: Kind, text: string): DocumentFragment {
  const page = {
    pictureUrl: (path: string) => (path === 'images/1_1.png' ? './picture.png' : null),
    cost: { elements: 0, spannedCells: 0 },
  }
  if (kind === 'table') return renderTable(text, page)
  return kind === 'formula' ? renderFormula(text, page) : renderMarkdown(text, page)
}

function poke(element: Element): void {
  for (const event of EVENTS) element.dispatchEvent(new Event(event))
  // Links to web pages are allowed to lead there; every other click may do what it can.
  if (element instanceof HTMLElement && !/^https?:/.test(element.getAttribute('href') ?? ''))
    element.click()
}
