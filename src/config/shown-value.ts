const LONGEST = 100

/** A wrong value as its line shows it: in quotes, on one line, without what an address may hide. */
export function shownValue(value: string): string {
  const shown = value.includes('://') ? withoutCredentials(value) : value
  return JSON.stringify(shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown)
}

/** A user, a password and a query may be secret, and stand in lists of addresses too. */
function withoutCredentials(address: string): string {
  return address
    .replaceAll(/:\/\/[^/?#,\s]*@/g, '://[redacted]@')
    .replaceAll(/[?#][^,\s]*/g, '?[redacted]')
}
