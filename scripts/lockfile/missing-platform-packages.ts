import { z } from 'zod'

const LOCKFILE = z.object({
  packages: z.record(
    z.string(),
    z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
  ),
})

/** An optional package that no entry of the lockfile provides; `wantedBy` is the path of an entry. */
export type MissingPackage = { readonly wantedBy: string; readonly name: string }

/** Finds optional dependencies, mostly platform binaries, that a lockfile (v2 or v3) leaves out. */
export function missingPlatformPackages(lockfile: unknown): MissingPackage[] {
  const { packages } = LOCKFILE.parse(lockfile)
  const provided = new Set(Object.keys(packages).map(packageName))
  return Object.entries(packages).flatMap(([wantedBy, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !provided.has(name))
      .map((name) => ({ wantedBy, name })),
  )
}

function packageName(path: string): string {
  const marker = 'node_modules/'
  return path.slice(path.lastIndexOf(marker) + marker.length)
}
