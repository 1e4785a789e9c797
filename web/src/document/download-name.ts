/** Name of a download: that of the document with another ending, without what file systems refuse. */
export function downloadName(fileName: string, ending: string): string {
  const stem = fileName
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    // oxlint-disable-next-line no-control-regex -- they are what has to go
    .replaceAll(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '_')
    .replaceAll(/^[. ]+|[. ]+$/g, '')
  return `${Array.from(stem).slice(0, 100).join('') || 'document'}.${ending}`
}
