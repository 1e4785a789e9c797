import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CommanderError } from 'commander'
import { CommandError } from '../../../src/cli/command-error.ts'
import { createProgram } from '../../../src/cli/create-program.ts'

const ID = '550e8400-e29b-41d4-a716-446655440000'

/** The sentence that a command line is refused with. */
async function refusalOf(args: readonly string[]): Promise<string> {
  const program = createProgram(() => assert.fail('it was run'))
  let written = ''
  for (const command of [program, ...program.commands])
    command.configureOutput({ writeErr: (text) => (written += text) })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) return written.trimEnd()
    if (error instanceof CommandError && error.exitCode === 2) return error.message
    throw error
  }
  return assert.fail('it was not refused')
}

describe('a command line that is not understood', () => {
  const rows: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
    [[], /^Name a file, a folder, a URL or - for stdin/],
    [['no-such-file.pdf'], /^Cannot find no-such-file\.pdf$/],
    [['no-such-*.pdf'], /^Nothing matches no-such-\*\.pdf$/],
    [['ftp://example.com/a.pdf'], /only http and https URLs are fetched$/],
    [['-', '--watch'], /^Cannot watch -: /],
    [['http://example.com/a.pdf', '--watch'], /^Cannot watch http:\/\/example\.com\/a\.pdf: /],
    [['-', '--engine', 'x'], /'--engine <engine>' argument 'x' is invalid\. Allowed choices are /],
    [['-', '--format', 'x'], /'--format <format>' argument 'x' is invalid\. Allowed choices are /],
    [['-', '--pages', '3-1'], /'3-1' is invalid\. Expected page ranges such as 1-3,7\.$/],
    [['-', '--server', 'localhost'], /'localhost' is invalid\. Expected an http or https address/],
    [['-', '--output', ''], /'' is invalid\. Expected some text\.$/],
    [['-', '--password', ''], /'' is invalid\. Expected some text\.$/],
    [['-', '--password-file', 'no-such-file'], /^Cannot read the file of --password-file/],
    [['-', '--password', 'a', '--password-file', 'b'], /cannot be used with option/],
    [['-', '--output'], /argument missing$/],
    [['-', '--wathc'], /unknown option '--wathc' \(Did you mean --watch\?\)$/],
    [['--json', 'status', ID], /^Write --json after "status"$/],
    [['status', 'x'], /Expected the id of a document/],
    [['status'], /missing required argument 'id'/],
    [['status', ID, ID], /too many arguments/],
    [['cancel', ID, 'x'], /Expected the id of a document/],
    [['result', ID, '--format', 'pdf'], /Allowed choices are text, markdown, json/],
    [['list', '--limit', '1001'], /Expected a whole number from 1 to 1000\.$/],
    [['list', '--limit', '1.5'], /Expected a whole number from 1 to 1000\.$/],
    [['list', '--status', 'done'], /Allowed choices are queued, processing, /],
    [['serve', 'now'], /too many arguments/],
  ]
  for (const [args, sentence] of rows)
    it(`is refused in one sentence: ${args.join(' ') || '(nothing)'}`, async () => {
      const refusal = await refusalOf(args)

      assert.match(refusal, sentence)
      assert.equal(refusal.split('\n').length, 1)
    })
})
