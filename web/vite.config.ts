import { defineConfig, type Plugin } from 'vite'
import { PRELOAD } from './preload.ts'

/** What is needed together, in one file each. */
const GROUPS = [
  { name: 'shell', tags: ['$initial' as const], test: /./, priority: 4 },
  // With the first failure; everything may need it, so it is in nothing's file.
  { name: 'refusal', test: /src\/api\/refusal/, priority: 3 },
  // With the first document.
  {
    name: 'library',
    test: /src\/(list|header\/notices|state\/library|api\/v1\/v1-documents)/,
    priority: 2,
  },
  // With the first one that runs.
  {
    name: 'live',
    test: /src\/(live\/follow-documents|state\/merge|api\/v1\/v1-live)/,
    priority: 1,
  },
  // With the first that is sent.
  {
    name: 'sending',
    test: /src\/(upload\/upload-rows|state\/actions|api\/v1\/send-document)/,
    priority: 0,
  },
]

/**
 * How the page is built: relative addresses, so that it works below any path, nothing inlined, and
 * what is needed at once in one file, because small files compress badly.
 */
// Vite reads the default export.
// oxlint-disable-next-line import/no-default-export
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: 'public',
  // The classic runtime calls `h`, which Preact has anyway; the automatic one would bring its own.
  oxc: { jsx: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } },
  plugins: [importJsxFactory(), ownPreload()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'static',
    // The policy of the page allows fonts and images of our own origin, and no `data:` fonts.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
    rolldownOptions: {
      output: { codeSplitting: { groups: GROUPS } },
    },
  },
})

/** `oxc.jsxInject` would do so in files without JSX as well, even in dictionaries. */
function importJsxFactory(): Plugin {
  return {
    name: 'import-jsx-factory',
    enforce: 'pre',
    transform: {
      filter: { id: /\.tsx$/ },
      handler: (code) => `import { h, Fragment } from 'preact'; ${code}`,
    },
  }
}

/** Vite's helper of dynamic imports takes 0.9 KB of the 15 that the shell may have. */
function ownPreload(): Plugin {
  return {
    name: 'own-preload',
    enforce: 'pre',
    load: (id) => (id.includes('vite/preload-helper') ? PRELOAD : null),
  }
}
