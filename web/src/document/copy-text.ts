/** Puts a text on the clipboard; false where the browser does not let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // There is no clipboard on plain http, nor without the reader's leave.
    return isCopiedBySelection(text)
  }
}

function isCopiedBySelection(text: string): boolean {
  const focused = document.activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'unseen'
  document.body.append(field)
  field.select()
  try {
    return document.execCommand('copy')
  } finally {
    field.remove()
    if (focused instanceof HTMLElement) focused.focus()
  }
}

/**
 * Puts a text on the clipboard that is still to be loaded; false where the browser does not let us.
 * Never rejects. It has to be called by the click itself: some browsers take nothing later.
 */
export async function copyLater(text: Promise<string>): Promise<boolean> {
  if (navigator.clipboard !== undefined && typeof ClipboardItem !== 'undefined') {
    const blob = text.then((loaded) => new Blob([loaded], { type: 'text/plain' }))
    try {
      await navigator.clipboard.write([new ClipboardItem({ 'text/plain': blob })])
      return true
    } catch {
      // Older ones take no promises; what failed to load fails below as well.
    }
  }
  try {
    return await copyText(await text)
  } catch {
    return false
  }
}
