/** What the page is told by the server that sends it. */
export type PageSettings = {
  /** Path of what the page belongs to: `''`, or `/qianxia`. */
  readonly root: string
  /** Which API it calls. */
  readonly api: 'v1' | 'qianxia'
  readonly title: string
  /** Address of the icon, ready to be linked to. */
  readonly iconUrl: string
  /** Language of the page until somebody chooses another; `null`: as it was built. */
  readonly language?: string | null
  /** Whether a path password stands in its address. Default: no. */
  readonly hasPassword?: boolean
  /** What its calls begin with in place of its own origin and path; `null`: nothing. */
  readonly backUrl?: string | null
}

/** The built page with the settings of the place that it is served at. */
export function toPageHtml(html: string, settings: PageSettings): string {
  const {
    root,
    api,
    title,
    iconUrl,
    language = null,
    backUrl = null,
    hasPassword = false,
  } = settings
  const attributes = [
    ...(language === null ? [] : [`lang="${escapeHtml(language)}"`]),
    `data-root="${escapeHtml(root)}"`,
    `data-api="${api}"`,
    `data-title="${escapeHtml(title)}"`,
    ...(hasPassword ? ['data-password="set"'] : []),
    ...(backUrl === null ? [] : [`data-back-url="${escapeHtml(backUrl)}"`]),
  ].join(' ')
  // Functions, because `$` means something in the text of a replacement.
  return html
    .replace(/<html( lang="[^"]*")?>/, (_tag, lang: string | undefined) =>
      language === null ? `<html${lang ?? ''} ${attributes}>` : `<html ${attributes}>`,
    )
    .replace(/<title>[^<]*<\/title>/, () => `<title>${escapeHtml(title)}</title>`)
    .replace(/<link rel="icon"[^>]*>/, () => `<link rel="icon" href="${escapeHtml(iconUrl)}" />`)
    .replaceAll('"./static/', () => `"${escapeHtml(root)}/static/`)
}

/** A text that is text in HTML too, in an attribute as well. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
