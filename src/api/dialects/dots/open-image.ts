import type { MediaType } from '../../../contract/document.ts'
import { OcrError } from '../../../platform/errors.ts'
import { openLocalFile } from '../../../platform/local-file.ts'
import { checkUrl } from '../../../platform/safe-fetch/url-rules.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentSource } from '../../gateway/submission.ts'
import { RequestError } from '../../http/request-error.ts'
import { MAX_IMAGE_BYTES } from '../../synchronous/limits.ts'
import { decodeBase64 } from '../../uploads/decode-base64.ts'
import type { Upload } from '../../uploads/receive-upload.ts'
import { storeUpload } from '../../uploads/store-upload.ts'
import type { OcrRequest, Refusal } from './read-request.ts'

const IMAGE_TYPES: readonly MediaType[] = ['png', 'jpeg', 'tiff', 'webp', 'gif', 'bmp']

/** An image ready to be submitted; disposing removes what was laid aside for it. */
export type OpenImage = AsyncDisposable & { readonly source: DocumentSource }

type Deps = Pick<AppDeps, 'config' | 'temporaryDirectory'>

/**
 * Opens the image of a request: copies it to a temporary file, or checks what the text of its URL
 * shows and leaves the fetching to a worker.
 *
 * @throws {OcrError} `PATH_INPUT_DISABLED`, `URL_NOT_ALLOWED`, `CORRUPT_IMAGE` (no base64),
 *   `EMPTY_FILE`, `FILE_TOO_LARGE`, `UNSUPPORTED_FILE_TYPE`, `STORAGE_UNAVAILABLE`
 */
export async function openImage(
  deps: Deps,
  { image, imageFormat }: Pick<OcrRequest, 'image' | 'imageFormat'>,
): Promise<OpenImage | Refusal> {
  switch (imageFormat) {
    case 'path':
      return copyOf(deps, image)
    case 'url':
      return remote(deps, image)
    case 'base64':
      return decoded(deps, image)
  }
}

async function copyOf(deps: Deps, path: string): Promise<OpenImage | Refusal> {
  const { pathRoots } = deps.config.api.dots
  if (pathRoots.length === 0)
    throw new OcrError('PATH_INPUT_DISABLED', 'Cannot read the local file: no root is configured')
  await using file = await openLocalFile(path, { roots: pathRoots, maxBytes: MAX_IMAGE_BYTES })
  if (file === null) return { refusal: 'Image file not found' }
  return uploaded(await storeUpload(file.content, { ...limits(deps), fileName: file.name }))
}

function remote({ config }: Deps, text: string): OpenImage {
  const { href } = checkUrl(text, config.api.urlRules)
  const file = { url: href, maxBytes: MAX_IMAGE_BYTES, mediaTypes: IMAGE_TYPES }
  return { source: { kind: 'remote', remote: file }, [Symbol.asyncDispose]: async () => undefined }
}

async function decoded(deps: Deps, text: string): Promise<OpenImage> {
  const prefix = /^data:image\/[\w.+-]{1,40};base64,/i.exec(text)?.[0] ?? ''
  try {
    const bytes = decodeBase64(text.slice(prefix.length))
    return await uploaded(await storeUpload(bytes, { ...limits(deps), fileName: 'image' }))
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    throw new OcrError('CORRUPT_IMAGE', 'Cannot decode image: it is not base64', { cause: error })
  }
}

function limits({ temporaryDirectory }: Deps): { maxBytes: number; temporaryDirectory: string } {
  return { maxBytes: MAX_IMAGE_BYTES, temporaryDirectory }
}

async function uploaded(upload: Upload): Promise<OpenImage> {
  const problem = problemOf(upload)
  if (problem !== null) {
    await upload[Symbol.asyncDispose]()
    throw problem
  }
  return {
    source: { kind: 'upload', upload },
    [Symbol.asyncDispose]: () => upload[Symbol.asyncDispose](),
  }
}

function problemOf({ sizeBytes, mediaType }: Upload): OcrError | null {
  if (sizeBytes === 0) return new OcrError('EMPTY_FILE', 'Cannot accept image: 0 bytes')
  if (mediaType !== null && IMAGE_TYPES.includes(mediaType)) return null
  return new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept file: it is no image')
}
