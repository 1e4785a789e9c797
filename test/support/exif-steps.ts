import type { Sharp } from 'sharp'

/**
 * What a camera has done to an upright picture, by EXIF orientation from 1 on: step by step, for sharp
 * fixes the order of turning and mirroring.
 */
export const EXIF_STEPS: readonly (readonly ((image: Sharp) => Sharp)[])[] = [
  [],
  [(image) => image.flop()],
  [(image) => image.rotate(180)],
  [(image) => image.flip()],
  [(image) => image.rotate(90), (image) => image.flop()],
  [(image) => image.rotate(270)],
  [(image) => image.rotate(90), (image) => image.flip()],
  [(image) => image.rotate(90)],
]
