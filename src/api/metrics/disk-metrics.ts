import { Gauge, type Registry } from '@prometheus-io/client'

/**
 * A gauge of the room that is left where uploads and the store lie. A disk that cannot be asked has no
 * figure: 0 would look like a full one.
 *
 * @param freeDiskBytes Asked whenever Prometheus asks
 */
export function gaugeDisk(registry: Registry, freeDiskBytes: () => Promise<number>): void {
  const free = new Gauge({
    name: 'ocr_disk_free_bytes',
    help: 'Free bytes of the disk of uploads or of the store, whichever has less',
    registers: [registry],
    async collect() {
      const bytes = await freeDiskBytes().catch(() => null)
      if (bytes === null) free.remove()
      else free.set(bytes)
    },
  })
}
