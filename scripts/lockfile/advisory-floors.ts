import { z } from 'zod'

/** The lowest version of a package that may stand in the lockfile, and what is wrong with those below. */
export type AdvisoryFloor = {
  readonly name: string
  /** x.y.z; `null`: the package may not be there at all. */
  readonly floor: string | null
  readonly reason: string
}

/** Packages that read what strangers send, or stand between us and them. */
export const ADVISORY_FLOORS: readonly AdvisoryFloor[] = [
  {
    name: 'pdfjs-dist',
    floor: '6.2.108',
    reason: 'CVE-2026-16633 (scripting), CVE-2024-4367 (font matrix to eval)',
  },
  {
    name: 'multer',
    floor: '2.4.0',
    reason: 'crashes, leaks and bypassed limits of 2025 and 2026, CVE-2026-88932 the last of them',
  },
  { name: 'busboy', floor: '1.6.0', reason: 'CVE-2022-24434: a header line kills the process' },
  { name: 'dicer', floor: null, reason: 'CVE-2022-24434, never mended' },
  {
    name: 'path-to-regexp',
    floor: '8.4.0',
    reason: 'CVE-2024-45296, CVE-2024-52798, CVE-2026-4867, 4923, 4926: slow patterns',
  },
  {
    name: 'body-parser',
    floor: '2.4.0',
    reason: 'CVE-2026-12590: a limit that is invalid is no limit',
  },
  { name: 'qs', floor: '6.16.0', reason: 'CVE-2026-8723, 82417, 82562' },
  {
    name: 'proxy-addr',
    floor: '2.0.8',
    reason: 'CVE-2026-90711: a mapped IPv6 subnet trusts everyone',
  },
  {
    name: 'express-rate-limit',
    floor: '8.3.2',
    reason: 'CVE-2026-30827: mapped IPv6 addresses share or evade limits',
  },
  {
    name: 'ip-address',
    floor: '10.7.2',
    reason: 'octal, NAT64 and link-local addresses read wrongly',
  },
  {
    name: 'sharp',
    floor: '0.35.0',
    reason:
      'libvips and libwebp: CVE-2023-4863, CVE-2023-40032, CVE-2026-33327, 33328, 35590, 35591',
  },
  {
    name: 'ws',
    floor: '8.21.0',
    reason: 'CVE-2024-37890, CVE-2026-45736 (memory disclosed), CVE-2026-48779 (tiny fragments)',
  },
  { name: 'fast-xml-parser', floor: '5.10.1', reason: 'CVE-2026-73569: entity limits are reset' },
  {
    name: 'undici',
    floor: '8.10.2',
    reason: 'decompression, retries and WebSocket bombs of 2026',
  },
  { name: 'axios', floor: '1.20.0', reason: 'redirects past the checks, slow data: URIs' },
  { name: 'katex', floor: '0.16.10', reason: 'CVE-2024-28243 to 28246' },
  { name: 'dompurify', floor: '3.4.14', reason: 'GHSA-55q2-fjhq-7xh7' },
  { name: 'protobufjs', floor: '7.6.6', reason: 'prototype pollution' },
  { name: '@grpc/grpc-js', floor: '1.14.7', reason: 'memory and header limits' },
]

const LOCKFILE = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), hasInstallScript: z.boolean().optional() }),
  ),
})

/** One copy of a package that is older than its floor. */
export type FlooredPackage = {
  /** Path of the entry: a package may be there several times. */
  readonly path: string
  readonly version: string
  readonly wanted: AdvisoryFloor
}

/** Finds every copy of a package in a lockfile (v2 or v3) that is below its floor. */
export function packagesBelowFloor(
  lockfile: unknown,
  floors: readonly AdvisoryFloor[] = ADVISORY_FLOORS,
): FlooredPackage[] {
  const { packages } = LOCKFILE.parse(lockfile)
  return Object.entries(packages).flatMap(([path, { version = '0.0.0' }]) => {
    const wanted = floors.find(({ name }) => path.endsWith(`node_modules/${name}`))
    if (wanted === undefined || isAtLeast(version, wanted.floor)) return []
    return [{ path, version, wanted }]
  })
}

/** Names of packages that would run a script when they are installed and that nobody decided about. */
export function unlistedInstallScripts(lockfile: unknown, decided: readonly string[]): string[] {
  const { packages } = LOCKFILE.parse(lockfile)
  const names = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
    hasInstallScript === true ? [path.slice(path.lastIndexOf('node_modules/') + 13)] : [],
  )
  return [...new Set(names)].filter((name) => !decided.includes(name))
}

function isAtLeast(version: string, floor: string | null): boolean {
  return floor !== null && version.localeCompare(floor, 'en', { numeric: true }) >= 0
}
