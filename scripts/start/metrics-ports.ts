/** Where `npm start` tells figures when nothing is set. */
const METRICS_PORTS = { api: 9464, worker: 9465, sdk: 9466 } as const

/** The ports of `/metrics`, as they are set; `null` where nothing is, or `off`. */
export type ChosenPorts = {
  /** Ports that the api and Temporal open, or may. */
  readonly taken: readonly (number | null)[]
  /** `OCR_METRICS_PORT`; `undefined`: not set. */
  readonly metrics: number | null | undefined
  /** `OCR_SDK_METRICS_PORT`; `undefined`: not set. */
  readonly sdk: number | null | undefined
}

/** The ports of each part; `null`: off. */
export type MetricsPorts = {
  readonly api: number | null
  readonly worker: number | null
  readonly sdk: number | null
}

/**
 * Chooses the ports of `/metrics` for the parts of `npm start`. What is set is kept; what nobody set
 * steps aside to the next number where another part has its own.
 */
export function chooseMetricsPorts({ taken, metrics, sdk }: ChosenPorts): MetricsPorts {
  const used = new Set(taken.filter((port) => port !== null))
  // 0 is a free port, whoever else has it.
  for (const port of [metrics, sdk]) if (port) used.add(port)
  const take = (wanted: number): number | null => {
    let port = wanted
    while (used.has(port)) port += 1
    if (port > 65_535) return null
    used.add(port)
    return port
  }
  const api = metrics === undefined ? take(METRICS_PORTS.api) : metrics
  const worker = metrics
    ? take(metrics + 1)
    : metrics === undefined
      ? take(METRICS_PORTS.worker)
      : metrics
  return { api, worker, sdk: sdk === undefined ? take(METRICS_PORTS.sdk) : sdk }
}
