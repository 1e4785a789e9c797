import { writeFile } from 'node:fs/promises'
import sharp from 'sharp'
import { serveGuardedRequests } from '../../platform/guarded-child.ts'

/*
 * A guarded program that writes a page image at half its size, for engines that read bytes as they
 * are. Decoding happens nowhere else in a worker.
 */

sharp.concurrency(1)
sharp.cache(false)

serveGuardedRequests(async (message) => {
  // Our own parent wrote it, with this type.
  const { imagePath, changedPath } = message as { imagePath: string; changedPath: string }
  const { width } = await sharp(imagePath).metadata()
  const png = await sharp(imagePath)
    .resize({ width: Math.max(1, Math.round(width / 2)) })
    .png()
    .toBuffer()
  // Not by sharp, which does not say that the disk is full so that a program could tell.
  await writeFile(changedPath, png)
})
