import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMarkdown, TRANSLATIONS } from '../../support/documented-commands/markdown-documents.ts'
import { readStructure } from '../../support/documented-commands/markdown-structure.ts'
import { shellBlocks, withoutComments } from '../../support/documented-commands/shell-blocks.ts'

/** The links to the other language differ, and so do the pictures of the page. */
const comparable = (links: readonly string[]): string[] =>
  links
    .filter((link) => !link.startsWith('README'))
    .map((link) => link.replace('page-zh-', 'page-'))
    .toSorted()

for (const [translation, original] of Object.entries(TRANSLATIONS)) {
  describe(translation, () => {
    const own = readStructure(readMarkdown(translation))
    const followed = readStructure(readMarkdown(original))

    it('has the sections of the original', () => {
      assert.deepEqual(
        own.headings.map(({ level }) => level),
        followed.headings.map(({ level }) => level),
      )
    })

    it('has the commands of the original', () => {
      assert.deepEqual(
        shellBlocks(translation).map(withoutComments),
        shellBlocks(original).map(withoutComments),
      )
    })

    it('has the rows of the tables of the original, with the same names in them', () => {
      assert.deepEqual(own.tables, followed.tables)
    })

    it('has the links of the original, and each leads to the other', () => {
      assert.deepEqual(comparable(own.links), comparable(followed.links))
      assert.ok(own.links.includes(original))
      assert.ok(followed.links.includes(translation))
    })

    it('has pictures of its own', () => {
      const pictures = (links: readonly string[]) => links.filter((link) => link.endsWith('.png'))

      assert.equal(pictures(own.links).length, 2)
      assert.deepEqual(
        pictures(own.links).filter((link) => pictures(followed.links).includes(link)),
        [],
      )
    })
  })
}
