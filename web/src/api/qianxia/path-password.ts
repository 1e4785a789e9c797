/**
 * The path password as a part of the path, such as `/pwd`; `''` on `/main` where there is none.
 *
 * @param isSet Whether there is one, which may be `main` as well; default: what the server says
 */
export function passwordPath(
  pathname: string,
  root: string,
  isSet = globalThis.document?.documentElement.dataset['password'] === 'set',
): string {
  const [, segment = ''] = /^\/([^/]*)/.exec(pathname.slice(root.length)) ?? []
  return segment === '' || (segment === 'main' && !isSet) ? '' : `/${segment}`
}
