import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Names and texts of a zip archive, read by `unzip`, which also checks the sums of its files. */
export async function readZip(path: string): Promise<ReadonlyMap<string, Buffer>> {
  await run('unzip', ['-tq', path])
  const { stdout } = await run('unzip', ['-Z1', path])
  const names = stdout.split('\n').filter(Boolean)
  const files = names.map(async (name): Promise<[string, Buffer]> => {
    const { stdout: bytes } = await run('unzip', ['-p', path, name], { encoding: 'buffer' })
    return [name, bytes]
  })
  return new Map(await Promise.all(files))
}
