import { OcrError } from '../../src/platform/errors.ts'

/** The expected failure of some work; a bug is thrown on, and success is one. */
export async function failureOf(work: Promise<unknown>): Promise<OcrError> {
  try {
    await work
  } catch (error) {
    if (error instanceof OcrError) return error
    throw error
  }
  throw new Error('It did not fail')
}
