/** Time for a request that is answered with its text: longer than anything that one page may take. */
export const SYNCHRONOUS_DEADLINE_MS = 15 * 60 * 1000

/** Largest image in bytes. In base64 the limit of the body is reached before, at 48 MiB. */
export const MAX_IMAGE_BYTES = 50 * 1_048_576

/** Largest JSON body with an image in it; base64 is a third longer than its bytes. */
export const MAX_IMAGE_BODY_BYTES = 64 * 1_048_576
