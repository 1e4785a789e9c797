/** How a check ended; `unset`: not there, and need not be. */
export type CheckStatus = 'ok' | 'warning' | 'failed' | 'unset'

/** What one check found, one line for a person. */
export type Finding = {
  readonly name: string
  readonly status: CheckStatus
  /** What is there, or what to change. */
  readonly detail: string
}

/** Something works. */
export const ok = (name: string, detail: string): Finding => ({ name, status: 'ok', detail })

/** Something works, but not as it should. */
export const warning = (name: string, detail: string): Finding => ({
  name,
  status: 'warning',
  detail,
})

/** Something that is needed does not work. */
export const failed = (name: string, detail: string): Finding => ({
  name,
  status: 'failed',
  detail,
})

/** Something is not there and need not be. */
export const unset = (name: string, detail: string): Finding => ({ name, status: 'unset', detail })
