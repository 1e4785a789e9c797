/*
 * Builds the web page into dist/web, unless it is there and made of the same sources.
 * With `--watch` it builds again whenever a source has changed, until it is ended.
 */
import { buildPage, watchPage } from './page/build.ts'
import { builtPageState } from './page/page-sources.ts'

if (process.argv.includes('--watch')) await watchPage()
else if (builtPageState() !== 'current') await buildPage()
