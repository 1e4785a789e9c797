import { readFile, rm } from 'node:fs/promises'
import { cpus } from 'node:os'
import { drawPages } from '../../src/documents/draw-pages.ts'
import { createEngine } from '../../src/engines/registry.ts'
import { createTemporaryDirectory } from '../../src/platform/temporary-directory.ts'
import { cpuSeconds } from './cpu-time.ts'

/*
 * The same rasterizer and engine as the product's, called in a loop: no Temporal, no store, no HTTP.
 * `direct-loop.ts <pdf> <pages> <directory> <slots>`; prints the CPU seconds of this process and its
 * children as one number.
 */
const [pdf = '', pageCount = '0', directory = '', slotCount = '1'] = process.argv.slice(2)
const slots = Math.min(Number(slotCount), cpus().length)
const signal = AbortSignal.timeout(30 * 60_000)
const pages = Array.from({ length: Number(pageCount) }, (_, place) => place + 1)
await using temporary = await createTemporaryDirectory(directory, 'bench-')
await using engine = createEngine('paddle', {
  slots,
  temporaryDirectory: temporary.path,
  paddleModelsDirectory: null,
})
const file = { path: pdf, mediaType: 'pdf', password: null, maxImageSidePx: null } as const
const lanes: Promise<void>[] = []
const before = cpuSeconds([process.pid])
for await (const drawn of drawPages(file, { pages, dpi: 200, directory: temporary.path, signal })) {
  if (!('image' in drawn)) throw new Error(`Page ${drawn.page}: ${drawn.code}`)
  const { path, ...size } = drawn.image
  const png = await readFile(path)
  await rm(path)
  lanes.push(engine.recognize({ png, ...size }, { languages: null, signal }).then(() => undefined))
  if (lanes.length >= slots) await lanes.shift()
}
await Promise.all(lanes)
console.log(cpuSeconds([process.pid]) - before)
