/** Names of models in a message: what a server calls them is hostile, and may be long. */
const MODEL_NAME = /^[\w./:@+-]{1,128}$/
const MAX_NAMED = 5

/** The models that a server has, for a message: five by name, of the others how many there are. */
export function namesOfModels(ids: readonly string[]): string {
  if (ids.length === 0) return 'no model'
  const names = ids.filter((id) => MODEL_NAME.test(id)).slice(0, MAX_NAMED)
  const rest = ids.length - names.length
  return [...names.map((name) => `"${name}"`), ...(rest > 0 ? [`${rest} more`] : [])].join(', ')
}
