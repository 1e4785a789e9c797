import { Command } from 'commander'

const USAGE_EXIT_CODE = 2

const program = new Command('durable-ocr')
  .description('OCR that survives any crash')
  // Of help 0, of anything that cannot be understood 1.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_EXIT_CODE))

program
  .command('doctor')
  .description('checks Node, configuration, Temporal, store and engines, and says what to change')
  .option('--json', 'prints one JSON object', false)
  .action(async ({ json }: { json: boolean }) => {
    const { runDoctor } = await import('./doctor/run-doctor.ts')
    process.exitCode = await runDoctor({ isJson: json, out: process.stdout })
  })

await program.parseAsync()
