/** Address of the test run's Temporal server, set by the global setup. */
export function temporalAddress(): string {
  const address = process.env['OCR_TEST_TEMPORAL_ADDRESS']
  if (!address) throw new Error('No Temporal server: run these tests through npm test')
  return address
}
