// Runs before anything is drawn, so that a page that was chosen to be dark does not flash white.
try {
  document.documentElement.dataset.theme = localStorage.getItem('ocr.theme') ?? 'auto'
} catch {
  // Storage is forbidden: the system decides.
}
