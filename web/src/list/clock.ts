import { signal } from '@preact/signals'

let timer: ReturnType<typeof setInterval> | undefined

function tick(): void {
  now.value = Date.now()
}

function followVisibility(): void {
  clearInterval(timer)
  if (document.hidden) return
  tick()
  timer = setInterval(tick, 1000)
}

/** The time, once a second: one timer for all, and none while nobody looks. */
export const now = signal(Date.now(), {
  watched() {
    document.addEventListener('visibilitychange', followVisibility)
    // Not at once: the signal is being read just now.
    timer = setInterval(tick, 1000)
  },
  unwatched() {
    document.removeEventListener('visibilitychange', followVisibility)
    clearInterval(timer)
  },
})
