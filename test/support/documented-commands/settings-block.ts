import { execFileSync } from 'node:child_process'
import { loadConfig, type Config } from '../../../src/config/config.ts'

/**
 * What the product makes of a block of settings, as a shell or a service manager would read it.
 *
 * @throws {ConfigError} when it refuses them
 */
export function configOf(settings: string): Config {
  const text = execFileSync('bash', ['--norc', '-ec', `set -a\n${settings}\nexec env -0`], {
    env: { PATH: process.env['PATH'] ?? '' },
    encoding: 'utf8',
  })
  const pairs = text
    .split('\0')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', ...value] = pair.split('=')
      return [name, value.join('=')]
    })
  return loadConfig(Object.fromEntries(pairs))
}
