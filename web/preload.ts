/**
 * Source of what a dynamic import of the built page calls: it loads the styles of a chunk before the
 * chunk itself. Vite calls it with the import, its files relative to the importing one, and the
 * address of that.
 */
export const PRELOAD = `
const loaded = new Map()
for (const { href } of document.querySelectorAll('link[rel=stylesheet]')) loaded.set(href, null)
const loadStyle = (href) => {
  if (!loaded.has(href)) loaded.set(href, new Promise((resolve, reject) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = href
    link.onload = resolve
    link.onerror = () => { loaded.delete(href); link.remove(); reject(new Error('style')) }
    document.head.append(link)
  }))
  return loaded.get(href)
}
export const __vitePreload = (load, files = [], from) =>
  Promise.all(files.filter((file) => file.endsWith('.css')).map((file) => loadStyle(new URL(file, from).href))).then(load)
`
