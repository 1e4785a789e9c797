import { z } from 'zod'

/** A whole number as it stands in a query or a form field, documented as an integer. */
export function wholeNumber(bounds: { minimum: number; maximum: number; description: string }) {
  const { minimum, maximum, description } = bounds
  const isInRange = (text: string): boolean =>
    /^\d{1,9}$/.test(text) && Number(text) >= minimum && Number(text) <= maximum
  return z
    .string()
    .refine(isInRange, `expected a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .meta({ description, override: { type: 'integer', minimum, maximum } })
}
