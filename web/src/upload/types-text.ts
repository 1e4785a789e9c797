/** The endings of an `accept` list as people write them, such as `PDF PNG`. */
export function typesText(accept: string): string {
  return accept
    .replaceAll(/,? *\./g, ' ')
    .trim()
    .toUpperCase()
}
