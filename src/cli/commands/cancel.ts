import { EXIT_CODE } from '../command-error.ts'
import { ServerError } from '../server/server-error.ts'
import { withServer } from './with-server.ts'

/** `durable-ocr cancel <id…>`: asks the server to stop; what was read stays readable. */
export function cancel(
  ids: readonly string[],
  options: { readonly server?: string },
): Promise<number> {
  return withServer(options.server, async ({ client, signal }) => {
    let exitCode: number = EXIT_CODE.done
    for (const id of ids) {
      try {
        process.stdout.write(`${id}: ${await client.cancel(id, { signal })}\n`)
      } catch (error) {
        // The others are to be cancelled all the same.
        if (!(error instanceof ServerError) || error.httpStatus === null) throw error
        process.stderr.write(`${id}: not cancelled: ${error.message}\n`)
        exitCode = EXIT_CODE.failed
      }
    }
    return exitCode
  })
}
