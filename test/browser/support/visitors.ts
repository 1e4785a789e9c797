import type { Visitor } from '../../support/browser.ts'

/** Everybody that the page is made for: both languages, both themes, large screens and telephones. */
export const VISITORS: readonly Visitor[] = (['en', 'zh'] as const).flatMap((language) =>
  (['light', 'dark'] as const).flatMap((theme) =>
    [1280, 360].map((width): Visitor => ({ language, theme, width, height: 740 })),
  ),
)

/** What a visitor is called in the name of a test. */
export function nameOfVisitor({ language, theme, width }: Visitor): string {
  return `${language}, ${theme}, ${width} px`
}
