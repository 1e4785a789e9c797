import assert from 'node:assert/strict'

/** What a process told Prometheus: names of metrics, and the value of each line by its text. */
export type Scrape = {
  readonly names: ReadonlySet<string>
  readonly values: ReadonlyMap<string, number>
  readonly text: string
}

/** Reads the text format. A histogram has its own name and those of its lines. */
export function readScrape(text: string): Scrape {
  const names = new Set<string>()
  const values = new Map<string, number>()
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? []
    if (name !== undefined) {
      const suffixes = type === 'histogram' ? ['', '_bucket', '_sum', '_count'] : ['']
      for (const suffix of suffixes) names.add(name + suffix)
    }
    const [, series, value] = /^([^#\s]\S*(?:\{.*\})?) (\S+)$/.exec(line) ?? []
    if (series !== undefined) values.set(series, Number(value))
  }
  return { names, values, text }
}

/** Asks a port of this host. */
export async function scrape(port: number): Promise<Scrape> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`)
  assert.equal(response.status, 200)
  return readScrape(await response.text())
}
