import { signal } from '@preact/signals'

import { handIn } from './intake.ts'

/** Files are held over the window. */
export const isDragging = signal(false)

/** Takes files that are dropped anywhere on the window, or pasted. */
export function takeWindowDrops(): void {
  const take = (event: Event, data: DataTransfer | null): void => {
    if (!data?.files.length) return
    event.preventDefault()
    handIn({ files: [...data.files] })
  }
  addEventListener('paste', (event) => {
    // Text that is copied from a word processor brings a picture of itself along.
    if (!(event.target instanceof HTMLInputElement)) take(event, event.clipboardData)
  })
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    isDragging.value = true
  })
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) isDragging.value = false
  })
  addEventListener('drop', (event) => {
    isDragging.value = false
    take(event, event.dataTransfer)
  })
}
