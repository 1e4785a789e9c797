import { fileURLToPath } from 'node:url'
import { GlobalFonts } from '@napi-rs/canvas'

const WEIGHTS = ['400Regular', '700Bold']
// What pdf.js asks the canvas for when a font is not embedded. Without these, Chinese comes out as
// empty boxes even where the system has a font for it.
const FALLBACK_FAMILIES = ['sans-serif', 'serif', 'monospace']

/** Makes Noto Sans SC the font of all text whose own font is not in the document. */
export function registerFallbackFonts(): void {
  for (const weight of WEIGHTS) {
    const file = `@expo-google-fonts/noto-sans-sc/${weight}/NotoSansSC_${weight}.ttf`
    const path = fileURLToPath(import.meta.resolve(file))
    for (const family of FALLBACK_FAMILIES) {
      if (GlobalFonts.registerFromPath(path, family) === null) {
        throw new Error(`Cannot register font ${weight}`)
      }
    }
  }
}
