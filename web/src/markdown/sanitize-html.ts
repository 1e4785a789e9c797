import DOMPurify from 'dompurify'

/** Path of a picture as the Markdown of a page names it. */
const PICTURE_PATH = /^images\/\d{1,6}_\d{1,6}\.png$/

const TAGS = [
  'p br hr div span blockquote pre code h1 h2 h3 h4 h5 h6 em strong b i u s del ins sub sup mark small',
  'a img ul ol li dl dt dd table caption colgroup col thead tbody tfoot tr th td',
].flatMap((names) => names.split(' '))

/** Attributes that hold no address, and can do nothing but say how text is meant. */
const PLAIN_ATTRIBUTES =
  'colspan rowspan scope start align dir lang alt title data-formula data-parsed'.split(' ')

/** What becomes of the pictures of a page. */
export type PictureResolver = (path: string) => string | null

/**
 * A fragment of a hostile HTML text that can be put into the page: text, tables, lists, code and
 * links. No scripts, styles, ids, names, forms or frames, no SVG and no MathML.
 *
 * Links lead to web pages and mail addresses, in a new tab that knows nothing of this one. An image
 * that is none of the document's own pictures is replaced by its alternative text, before anything
 * could be fetched.
 */
export function sanitizeHtml(html: string, pictureUrl: PictureResolver): DocumentFragment {
  // Behind a line break a frameset is ignored; else it would take the place of the whole text.
  const fragment = purify.sanitize(`<br>${html}`, {
    ALLOWED_TAGS: TAGS,
    ALLOWED_ATTR: [...PLAIN_ATTRIBUTES, 'href', 'src'],
    ADD_URI_SAFE_ATTR: PLAIN_ATTRIBUTES,
    ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|images\/)/i,
    ALLOWED_NAMESPACES: ['http://www.w3.org/1999/xhtml'],
    ALLOW_ARIA_ATTR: false,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  })
  fragment.firstChild?.remove()
  for (const image of fragment.querySelectorAll('img')) placePicture(image, pictureUrl)
  return fragment
}

const purify = createPurify()

function createPurify(): typeof DOMPurify {
  const made = DOMPurify(window)
  made.addHook('afterSanitizeAttributes', (element) => {
    if (element.tagName === 'A') closeLink(element)
    else if (element.hasAttribute('href')) element.removeAttribute('href')
    if (!PICTURE_PATH.test(element.getAttribute('src') ?? '')) element.removeAttribute('src')
  })
  return made
}

function closeLink(link: Element): void {
  if (!/^(?:https?:|mailto:)/i.test(link.getAttribute('href') ?? '')) link.removeAttribute('href')
  if (!link.hasAttribute('href')) return
  link.setAttribute('rel', 'noopener noreferrer')
  link.setAttribute('target', '_blank')
}

function placePicture(image: HTMLImageElement, pictureUrl: PictureResolver): void {
  const url = pictureUrl(image.getAttribute('src') ?? '')
  const alt = image.getAttribute('alt') ?? ''
  if (url === null) {
    image.replaceWith(alt)
    return
  }
  image.setAttribute('src', url)
  image.setAttribute('alt', alt)
  image.setAttribute('loading', 'lazy')
}
