import type { ServiceConfig } from '../model.ts'

/** Why a file is not even sent. */
export type FileProblem = 'empty' | 'size' | 'type'

/**
 * Looks at a file before it is sent, by what the service says it takes; `null`: nothing is wrong.
 * A name without an ending passes, because the service goes by the first bytes, not by the name.
 */
export function fileProblem(
  file: { readonly name: string; readonly size: number },
  config: Pick<ServiceConfig, 'accept' | 'maxUploadBytes'> | null,
): FileProblem | null {
  if (file.size === 0) return 'empty'
  if (config === null) return null
  const ending = /\.\w+$/.exec(file.name.toLowerCase())?.[0]
  const isTaken = !ending || !config.accept || config.accept.split(/,\s*/).includes(ending)
  if (!isTaken) return 'type'
  return file.size > config.maxUploadBytes ? 'size' : null
}
