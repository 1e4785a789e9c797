import { LIMITS_PER_CALLER, runAttackMix } from '../../test/support/attack-mix/run-attack-mix.ts'
import { startStack } from '../../test/support/stack.ts'
import { peakMemoryMb } from './cpu-time.ts'
import { quantile } from './quantile.ts'

const SECONDS = 30
/** Goal for the good client's statuses. */
const GOAL_MS = 500

/** Statuses of a good client while others attack, without and with the limits per caller. */
export async function benchAttackMix(): Promise<void> {
  for (const limits of ['without', 'with'] as const) {
    const env = LIMITS_PER_CALLER[limits]
    await using stack = await startStack({ stubDelayMs: 50, env })
    const report = await runAttackMix(stack.url, SECONDS)
    const [p50, p95, p99] = [0.5, 0.95, 0.99].map((share) =>
      quantile(report.statusMs, share).toFixed(0),
    )
    console.log(`\nAttacked for ${SECONDS} s, ${limits} limits per caller`)
    console.log(
      `  status        p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms (goal: at most ${GOAL_MS})`,
    )
    console.log(`  refused       ${report.refused.length} of ${report.statusMs.length}`)
    const slowest = (Math.max(...report.documentMs) / 1000).toFixed(0)
    const median = (quantile(report.documentMs, 0.5) / 1000).toFixed(1)
    console.log(`  documents     ${report.ends.join(', ')}`)
    console.log(`  their time    p50 ${median} s, at most ${slowest} s`)
    console.log(`  attackers     CPU ${report.attackersCpuSeconds.toFixed(0)} s`)
    console.log(`  peak memory   api ${peakMemoryMb(stack.api.pid()) ?? '?'} MB`)
    for (const [name, counts] of Object.entries(report.answers))
      console.log(`  ${name.padEnd(20)} ${JSON.stringify(counts)}`)
  }
}
