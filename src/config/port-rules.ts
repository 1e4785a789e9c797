import type { EnvironmentRule } from './environment-rule.ts'

type PortVariable =
  | 'OCR_PORT'
  | 'OCR_METRICS_PORT'
  | 'OCR_SDK_METRICS_PORT'
  | 'OCR_TEMPORAL_PORT'
  | 'OCR_TEMPORAL_UI_PORT'

type Env = Readonly<Record<PortVariable, number | null>>

/** No process is told to open one port twice. */
export const PORT_RULES: readonly EnvironmentRule<Env, PortVariable>[] = [
  different('OCR_METRICS_PORT', 'OCR_PORT'),
  different('OCR_SDK_METRICS_PORT', 'OCR_METRICS_PORT'),
  different('OCR_TEMPORAL_UI_PORT', 'OCR_TEMPORAL_PORT'),
]

function different(
  variable: PortVariable,
  other: PortVariable,
): EnvironmentRule<Env, PortVariable> {
  return {
    variable,
    names: [variable, other],
    error: `expected another port than that of ${other}`,
    isMet: (env) => env[variable] === null || env[variable] !== env[other],
  }
}
