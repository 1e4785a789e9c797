import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import {
  markdownDocuments,
  readMarkdown,
} from '../../support/documented-commands/markdown-documents.ts'
import { readStructure } from '../../support/documented-commands/markdown-structure.ts'
import { ROOT } from '../../support/source-files.ts'

/** What is wrong with a link of a document; `null`: it leads to a file, and to a heading of it. */
function linkProblem(document: string, link: string): string | null {
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return null
  const [path = '', anchor] = link.split('#')
  const target =
    path === '' ? document : normalize(join(dirname(document), decodeURIComponent(path)))
  if (target.startsWith('..')) return `${document}: ${link} leads out of the repository`
  if (!existsSync(join(ROOT, target))) return `${document}: there is no ${target}`
  if (anchor === undefined) return null
  if (!target.endsWith('.md')) return `${document}: ${target} has no headings`
  const { anchors } = readStructure(readMarkdown(target))
  return anchors.has(decodeURIComponent(anchor)) ? null : `${document}: no heading of ${link}`
}

describe('links of the documents', () => {
  it('lead to files and headings that there are', () => {
    const problems = markdownDocuments().flatMap((document) =>
      readStructure(readMarkdown(document)).links.map((link) => linkProblem(document, link)),
    )

    assert.deepEqual(
      problems.filter((problem) => problem !== null),
      [],
    )
  })

  it('lead from the README to every document', () => {
    const { links } = readStructure(readMarkdown('README.md'))

    const reached = links.map((link) => link.replace(/#.*/, ''))
    const missing = markdownDocuments().filter(
      (document) => document.startsWith('docs/') && !document.startsWith('docs/decisions/'),
    )
    assert.deepEqual(
      missing.filter((document) => !reached.includes(document)),
      [],
    )
  })

  it('are called wrong when they are', () => {
    assert.match(linkProblem('README.md', 'docs/none.md') ?? '', /there is no docs\/none\.md/)
    assert.match(linkProblem('README.md', 'docs/errors.md#none') ?? '', /no heading/)
    assert.match(linkProblem('README.md', '../x') ?? '', /leads out/)
    assert.equal(linkProblem('README.md', 'docs/errors.md#encrypted_pdf'), null)
    assert.equal(linkProblem('docs/engines.md', 'errors.md'), null)
  })
})
