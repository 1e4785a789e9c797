import type { Store } from '../state/store.ts'
import type { Intake } from './intake.ts'
import { sendSample } from './send-sample.ts'
import { refusedFiles, sendFiles, sendUrl } from './send.ts'

/** Sends what was handed in, with the chosen options. */
export function takeIn(store: Store, given: Intake): void {
  if ('files' in given) void sendReadable(store, given.files)
  else if ('url' in given) sendUrl(store, given.url)
  else
    sendSample(store, given.sampleUrl).catch(() => {
      refusedFiles.value = [{ name: 'sample.pdf', size: 0, problem: 'unavailable' }]
    })
}

/** A folder looks like a file until somebody reads it. Never rejects. */
async function sendReadable(store: Store, files: readonly File[]): Promise<void> {
  const unreadable = new Set<File>()
  const looks = files.map(async (file) => {
    try {
      await file.slice(0, 1).arrayBuffer()
    } catch {
      unreadable.add(file)
    }
  })
  await Promise.all(looks)
  sendFiles(store, files, unreadable)
}
