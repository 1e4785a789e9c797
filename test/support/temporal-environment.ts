/** Variable that names the Temporal server of a test run, `host:port`; set by the global setup. */
export const TEST_ADDRESS_VARIABLE = 'OCR_TEST_TEMPORAL_ADDRESS'

/** Namespace of all tests. */
export const TEST_NAMESPACE = 'default'
