import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { layerProblem } from '../../support/layers.ts'
import { codeLineCount, importsOf, undocumentedExports } from '../../support/source-files.ts'

const importing = (path: string, text: string) => importsOf({ path, text })

describe('layerProblem', () => {
  it('catches an import across layers, whatever its form', () => {
    const forms = [
      "import { x } from '../api/app.ts'",
      "import {\n  type X,\n  y,\n} from '../api/app.ts'",
      "export { x } from '../api/app.ts'",
      "import '../api/app.ts'",
      "const { x } = await import('../api/app.ts')",
    ]

    for (const form of forms)
      assert.deepEqual(importing('src/engines/paddle.ts', form).map(layerProblem), [
        'src/engines/paddle.ts imports src/api/app.ts',
      ])
  })

  it('lets workflows name the types of activities, and nothing more of them', () => {
    const path = 'src/workflows/process-document.ts'
    const asType = importing(path, "import type { Activities } from '../activities/index.ts'")
    const asValue = importing(path, "import { createActivities } from '../activities/index.ts'")

    assert.deepEqual(asType.map(layerProblem), [null])
    assert.equal(asValue.map(layerProblem).filter(Boolean).length, 1)
  })

  it('lets the api sniff media types, and nothing more of documents', () => {
    const path = 'src/api/v1/create-document.ts'
    const text = "import { sniff } from '../../documents/sniff-media-type.ts'"

    assert.deepEqual(importing(path, text).map(layerProblem), [null])
    assert.equal(
      importing(path, text.replace('sniff-media-type', 'draw-pages'))
        .map(layerProblem)
        .filter(Boolean).length,
      1,
    )
  })

  it('keeps dialects apart', () => {
    const imports = importing(
      'src/api/dialects/dots/router.ts',
      "import { x } from '../scnet/a.ts'",
    )

    assert.equal(imports.map(layerProblem).filter(Boolean).length, 1)
  })
})

describe('undocumentedExports', () => {
  it('names an export without a docstring', () => {
    const text = '/** Said. */\nexport const said = 1\n\nexport type Unsaid = 1\n'

    assert.deepEqual(undocumentedExports(text), ['Unsaid'])
  })
})

describe('codeLineCount', () => {
  it('counts neither blank lines nor comments', () => {
    assert.equal(codeLineCount('/*\n * no\n */\n// no\n\nconst yes = 1 // yes\n'), 1)
  })
})
