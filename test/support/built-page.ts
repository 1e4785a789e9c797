import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILD_STAMP } from '../../src/api/page/page-files.ts'

/** Name of the only script of {@link layBuiltPage}. */
export const BUILT_SCRIPT = 'index-D4i85auQ.js'

/** Lays a small page into a directory, in the form that the builder gives it; gives the directory. */
export async function layBuiltPage(directory: string, script = BUILT_SCRIPT): Promise<string> {
  await mkdir(join(directory, 'static'), { recursive: true })
  await writeFile(
    join(directory, 'index.html'),
    `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>durable-ocr</title>
    <link rel="icon" href="./favicon.svg" type="image/svg+xml" />
    <script type="module" crossorigin src="./static/${script}"></script>
    <link rel="stylesheet" crossorigin href="./static/index-B1x.css">
  </head>
  <body><div id="app"></div></body>
</html>
`,
  )
  await writeFile(join(directory, 'static', script), 'export {}\n')
  await writeFile(join(directory, 'static', 'index-B1x.css'), 'body {}\n')
  await writeFile(join(directory, BUILD_STAMP), script)
  return directory
}
