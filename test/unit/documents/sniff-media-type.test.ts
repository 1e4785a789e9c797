import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import sharp from 'sharp'
import { sniffMediaType } from '../../../src/documents/sniff-media-type.ts'
import { gifFile, goodPdf, tiffFile } from '../../support/pdf-kernel.ts'

const canvas = { create: { width: 8, height: 8, channels: 3, background: '#345' } } as const
const latin1 = (text: string) => Buffer.from(text, 'latin1')

describe('sniffMediaType', () => {
  it('knows every format that is read', async () => {
    const image = sharp(canvas)

    assert.equal(await sniffMediaType(goodPdf()), 'pdf')
    assert.equal(await sniffMediaType(await image.clone().png().toBuffer()), 'png')
    assert.equal(await sniffMediaType(await image.clone().jpeg().toBuffer()), 'jpeg')
    assert.equal(await sniffMediaType(await image.clone().webp().toBuffer()), 'webp')
    assert.equal(await sniffMediaType(await image.clone().tiff().toBuffer()), 'tiff')
    assert.equal(await sniffMediaType(gifFile(4, 4, 2)), 'gif')
    assert.equal(await sniffMediaType(bitmapHead(40)), 'bmp')
  })

  it('knows a TIFF whose directory lies beyond the first bytes', async () => {
    const file = tiffFile(1, { data: Buffer.alloc(20_000) })

    assert.equal(await sniffMediaType(file.subarray(0, 4096)), 'tiff')
  })

  it('allows junk before a PDF header, up to byte 1,024', async () => {
    const http = 'HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n'

    assert.equal(await sniffMediaType(latin1(`${http}%PDF-1.4\n`)), 'pdf')
    assert.equal(await sniffMediaType(latin1(`\n \t%PDF-1.4\n`)), 'pdf')
    assert.equal(await sniffMediaType(latin1(`${'x'.repeat(1024)}%PDF-1.4\n`)), 'pdf')
    assert.equal(await sniffMediaType(latin1(`${'x'.repeat(1025)}%PDF-1.4\n`)), null)
  })

  it('takes a polyglot for what it begins with', async () => {
    const png = await sharp(canvas).png().toBuffer()

    assert.equal(await sniffMediaType(Buffer.concat([gifFile(4, 4, 40), goodPdf()])), 'gif')
    assert.equal(await sniffMediaType(Buffer.concat([png, latin1('<?php echo 1 ?>')])), 'png')
    assert.equal(await sniffMediaType(Buffer.concat([goodPdf(), latin1('PK\x03\x04')])), 'pdf')
    assert.equal(await sniffMediaType(latin1('<html><body>%PDF-1.4\n')), null)
    assert.equal(await sniffMediaType(latin1('PK\x03\x04%PDF-1.4\n')), null)
  })

  it('takes nothing else', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'
    const refused = {
      nothing: '',
      text: '/var/lib/secrets/page.png',
      html: '<!DOCTYPE html><html></html>',
      svg,
      xmlSvg: `<?xml version="1.0"?>${svg}`,
      zip: 'PK\x03\x04\x14\0\0\0\0\0',
      elf: '\x7fELF\x02\x01\x01\0',
      exe: 'MZ\x90\0\x03\0\0\0',
      avif: '\0\0\0\x20ftypavif\0\0\0\0avifmif1',
      heic: '\0\0\0\x18ftypheic\0\0\0\0mif1heic',
      postscript: '%!PS-Adobe-3.0\n',
      textBeginningWithBm: 'BM is a language code, as everybody knows.',
      random: '\x13\x37\xc0\xff\xee\x00\x11\x22\x33\x44',
    }

    for (const [name, bytes] of Object.entries(refused)) {
      assert.equal(await sniffMediaType(latin1(bytes)), null, name)
    }
  })

  it('does not look behind an ID3 tag', async () => {
    const png = await sharp(canvas).png().toBuffer()
    const tagged = Buffer.concat([latin1('ID3\x03\0\0\0\0\0\x0a'), Buffer.alloc(10), png])

    assert.equal(await sniffMediaType(tagged), null)
  })
})

function bitmapHead(dibHeaderBytes: number): Buffer {
  const head = Buffer.alloc(70)
  head.write('BM')
  head.writeUInt32LE(dibHeaderBytes, 14)
  return head
}
