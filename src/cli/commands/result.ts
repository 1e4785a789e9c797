import type { ResultFormat } from '../../storage/object-keys.ts'
import { EXIT_CODE } from '../command-error.ts'
import { readDestination, resultPath } from '../output/destination.ts'
import { fileInput } from '../inputs/input.ts'
import { deliverResult } from '../reading/deliver-result.ts'
import { createReporter } from '../progress/create-reporter.ts'
import { withServer } from './with-server.ts'

/** Options of `durable-ocr result`. */
export type ResultOptions = {
  readonly output?: string
  readonly format: ResultFormat
  readonly force?: true
  readonly server?: string
}

/** `durable-ocr result <id>`: the result of a document, on stdout or in a file. */
export function result(id: string, options: ResultOptions): Promise<number> {
  return withServer(options.server, async ({ client, signal }) => {
    const { format, force } = options
    const destination = await readDestination(options.output ?? null, false)
    const name =
      destination.kind === 'folder' ? (await client.status(id, { signal })).file_name : id
    const output = resultPath(fileInput(name), destination, format)
    using reporter = createReporter({ isJson: false })
    const mayReplace = (): boolean => force === true
    await deliverResult(id, output, { client, signal, format, isJson: false, mayReplace, reporter })
    return EXIT_CODE.done
  })
}
