import { registerHooks } from 'node:module'

const PARSER = import.meta.resolve('pdfjs-dist/legacy/build/pdf.worker.mjs')

// Where pdfjs-dist 6.5.438 knows that something is missing and says nothing: the line, and what is to
// be said there; in the order of the file.
const SILENCES: readonly {
  readonly line: string
  readonly before?: string
  readonly after?: string
}[] = [
  {
    // Of damaged data the decoder makes a blank picture. A true one takes a bit a row in JBIG2, and up
    // to four bytes as a fax.
    line: 'throw new Jbig2Error("Unknown error");\n      }',
    after:
      'if (size > 256 + height * (CCITTOptions ? 4 : 0.25) && module.imageData.every((byte, _at, all) => byte === all[0])) warn("Image data says nothing.");',
  },
  {
    line: 'const imgArray = await image.getImageData(computedLength);',
    after:
      'if (computedLength - imgArray.length >= computedLength / height) warn("Image data ends too early.");',
  },
  {
    line: 'const imageBytes = await this.image.getImageData(length, this.jpxDecoderOptions);',
    after:
      'if (length - imageBytes.length >= length / this.height) warn("Image data ends too early.");',
  },
  {
    line: 'return util_shadow(this, "mediaBox", this.getBoundingBox("MediaBox") || LETTER_SIZE_MEDIABOX);',
    before: 'if (!this.getBoundingBox("MediaBox")) warn("Empty, or invalid, /MediaBox entry.");',
  },
  {
    line: 'return new StreamsSequenceStream(content, this.#onSubStreamError.bind(this));',
    before:
      'if (!content.every((part) => part instanceof BaseStream)) warn("Page contents are missing.");',
  },
  {
    line: 'return new NullStream();\n  }\n  get xfaData() {',
    before: 'if (this.pageDict.getRaw("Contents") != null) warn("Page contents are missing.");',
  },
]

/**
 * Loads the part of pdf.js that parses, so that it warns of losses that it passes over in silence:
 * images with fewer rows than they say and damaged ones, which it fills with black or white, contents
 * that are not in the file, and pages without a size. To be called before pdf.js opens its first
 * document.
 *
 * There is no other sign of them outside of the library, so its source is completed while it is
 * loaded.
 *
 * @throws where an upgrade of pdf.js has moved a line
 */
export async function loadPdfParser(): Promise<void> {
  const hooks = registerHooks({
    load: (url, context, nextLoad) => {
      const loaded = nextLoad(url, context)
      if (url !== PARSER || loaded.source === undefined) return loaded
      return { ...loaded, source: completed(bytesOf(loaded.source)) }
    },
  })
  try {
    // pdf.js looks for it in a global variable, where it puts itself.
    await import(PARSER)
  } finally {
    hooks.deregister()
  }
}

function bytesOf(source: string | ArrayBuffer | NodeJS.TypedArray): Buffer {
  if (typeof source === 'string') return Buffer.from(source)
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source)
}

// As bytes: texts of 2.4 MB, and copies of them, would stay in the memory of every child.
function completed(source: Buffer): Buffer {
  const pieces: Buffer[] = []
  let done = 0
  for (const { line, before = '', after = '' } of SILENCES) {
    const at = source.indexOf(line, done)
    if (at < 0) throw new Error('pdf.js is not the version that we know')
    pieces.push(source.subarray(done, at), Buffer.from(`${before}\n${line}\n${after}`))
    done = at + line.length
  }
  return Buffer.concat([...pieces, source.subarray(done)])
}
