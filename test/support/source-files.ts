import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The repository. */
export const ROOT = join(import.meta.dirname, '..', '..')

/** A TypeScript file; `path` is relative to the repository, with `/`. */
export type SourceFile = { readonly path: string; readonly text: string }

/** One import of a file. `target` is a path from the repository, or a package or `node:` name. */
export type ImportOf = {
  readonly path: string
  readonly target: string
  readonly isTypeOnly: boolean
}

/** All TypeScript files below some folders of the repository. */
export function sourceFiles(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
      .map((entry) => {
        const absolute = join(entry.parentPath, entry.name)
        return {
          path: relative(ROOT, absolute).replaceAll('\\', '/'),
          text: readFileSync(absolute, 'utf8'),
        }
      }),
  )
}

/** The static and dynamic imports of a file, re-exports included. */
export function importsOf({ path, text }: SourceFile): ImportOf[] {
  const code = withoutComments(text)
  const statements = code.matchAll(
    /^(?:import|export)\s+(type\s)?(?:(\{[^}]*\}|\*[^'"]*?|[\w$]+[^'"]*?)\s+from\s+)?'([^']+)'/gm,
  )
  const dynamic = code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)
  return [
    ...[...statements].map((match) => ({
      path,
      target: resolveTarget(path, match[3] ?? ''),
      isTypeOnly: match[1] !== undefined || hasOnlyTypes(match[2] ?? ''),
    })),
    ...[...dynamic].map((match) => ({
      path,
      target: resolveTarget(path, match[1] ?? ''),
      isTypeOnly: false,
    })),
  ]
}

/** Lines that are neither blank nor comment. */
export function codeLineCount(text: string): number {
  return withoutComments(text)
    .split('\n')
    .filter((line) => line.trim() !== '').length
}

/** Names of the exports of a file that have no docstring right above them. */
export function undocumentedExports(text: string): string[] {
  const lines = text.split('\n')
  const isDocumented = (position: number): boolean => {
    let above = position - 1
    // A lint directive may stand between the docstring and what it documents.
    while (lines[above]?.startsWith('//')) above--
    return lines[above]?.trimEnd().endsWith('*/') ?? false
  }
  return lines.flatMap((line, position) => {
    const declared =
      /^export (?:declare )?(?:async )?(?:abstract )?(?:function\*?|const|let|class|type|interface) (\w+)/.exec(
        line,
      )
    // An overload's signature is documented once, at the first.
    const isOverload =
      declared !== null &&
      lines.slice(0, position).some((other) => other.startsWith(`export function ${declared[1]}(`))
    return declared?.[1] && !isOverload && !isDocumented(position) ? [declared[1]] : []
  })
}

function withoutComments(text: string): string {
  // Rough on purpose: a `//` inside a string costs nothing here.
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')
}

function hasOnlyTypes(clause: string): boolean {
  if (!clause.startsWith('{')) return false
  const names = clause
    .slice(1, -1)
    .split(',')
    .map((name) => name.trim())
  return names.filter(Boolean).every((name) => name.startsWith('type '))
}

function resolveTarget(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier
  return relative(ROOT, join(ROOT, path, '..', specifier)).replaceAll('\\', '/')
}
