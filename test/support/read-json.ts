/** The JSON of an answer, as untyped as `JSON.parse` gives it: tests look straight into it. */
export async function readJson(response: Response): Promise<ReturnType<typeof JSON.parse>> {
  return JSON.parse(await response.text())
}
