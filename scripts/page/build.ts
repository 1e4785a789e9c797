import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'vite'
import { BUILT_PAGE_DIRECTORY } from '../../src/api/page/page-files.ts'
import { hashPageSources, writeBuildStamp } from './page-sources.ts'

const CONFIG_FILE = join(import.meta.dirname, '..', '..', 'web', 'vite.config.ts')

/** Builds the web page beside the one that is there, and puts it in its place when it is whole. */
export async function buildPage(target: string = BUILT_PAGE_DIRECTORY): Promise<void> {
  const hash = hashPageSources()
  // Several programs may be started at once, each of them building.
  const [fresh, old] = [`${target}.new-${process.pid}`, `${target}.old-${process.pid}`]
  try {
    await build({
      configFile: CONFIG_FILE,
      logLevel: 'warn',
      build: { outDir: fresh, emptyOutDir: true },
    })
    writeBuildStamp(fresh, hash)
    await rename(target, old).catch(unless('ENOENT'))
    // Another one may have been quicker, and made the same.
    await rename(fresh, target).catch(unless('ENOTEMPTY', 'EEXIST'))
  } finally {
    await Promise.all([fresh, old].map((path) => rm(path, { recursive: true, force: true })))
  }
}

/** Builds the web page now and whenever a source has changed, for as long as the process lives. */
export async function watchPage(target: string = BUILT_PAGE_DIRECTORY): Promise<void> {
  await build({
    configFile: CONFIG_FILE,
    logLevel: 'info',
    build: { outDir: target, emptyOutDir: true, watch: {} },
    plugins: [
      {
        name: 'build-stamp',
        writeBundle: () => writeBuildStamp(target, hashPageSources()),
      },
    ],
  })
}

function unless(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!codes.includes(code)) throw error
  }
}
