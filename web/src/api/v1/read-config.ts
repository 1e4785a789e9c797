import type { ServiceConfig } from '../../model.ts'
import { toCount, toItems, toObject, toText, toWebUrl } from '../read-json.ts'

/** Reads the configuration of `/v1`. */
export function readConfig(value: unknown): ServiceConfig {
  const body = toObject(value)
  const limits = toObject(body['limits'])
  return {
    version: toText(body['version']) ?? '',
    title: toText(body['title']) ?? 'durable-ocr',
    maxUploadBytes: toCount(limits['max_upload_bytes']) || Number.POSITIVE_INFINITY,
    maxPages: toCount(limits['max_pages']) || Number.POSITIVE_INFINITY,
    accept: toTexts(limits['media_types']).map(extensionsOf).join(','),
    engines: toItems(body['engines']).flatMap((item) => {
      const engine = toObject(item)
      const id = toText(engine['id'])
      const isConfigured = engine['configured'] === true
      return id === null ? [] : [{ id, isDefault: engine['default'] === true, isConfigured }]
    }),
    languages: toTexts(limits['languages']),
    caller: toText(body['caller']),
    temporalUiUrl: toWebUrl(body['temporal_ui_url']),
  }
}

function toTexts(value: unknown): string[] {
  return toItems(value).filter((item) => typeof item === 'string')
}

/** File name extensions of a media type, as `accept` lists them. */
function extensionsOf(mediaType: string): string {
  if (mediaType === 'jpeg') return '.jpg,.jpeg'
  return mediaType === 'tiff' ? '.tif,.tiff' : `.${mediaType}`
}
