const LENGTH_DELIMITED = 2
const METADATA_PROPS = 14

/**
 * Reads the key-value metadata of an ONNX model without loading it.
 *
 * @throws {RangeError} when the bytes are not the protobuf message `ModelProto`
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto, `ModelProto.metadata_props`
 */
export function readOnnxMetadata(model: Uint8Array): Map<string, string> {
  const metadata = new Map<string, string>()
  for (const { field, bytes } of fieldsOf(model)) {
    if (field !== METADATA_PROPS) continue
    const entry = new Map([...fieldsOf(bytes)].map((part) => [part.field, part.bytes]))
    metadata.set(textOf(entry.get(1)), textOf(entry.get(2)))
  }
  return metadata
}

/** Gives the length-delimited fields of one protobuf message and steps over the others. */
function* fieldsOf(message: Uint8Array): Generator<{ field: number; bytes: Uint8Array }> {
  let offset = 0
  const readVarint = (): number => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = message[offset++]
      if (byte === undefined) throw new RangeError('Not an ONNX model: it ends within a number')
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (offset < message.length) {
    const tag = readVarint()
    const wireType = tag % 8
    if (wireType === LENGTH_DELIMITED) {
      const length = readVarint()
      if (offset + length > message.length) throw new RangeError('Not an ONNX model: cut short')
      yield { field: Math.floor(tag / 8), bytes: message.subarray(offset, offset + length) }
      offset += length
    } else if (wireType === 0) readVarint()
    else if (wireType === 1) offset += 8
    else if (wireType === 5) offset += 4
    else throw new RangeError(`Not an ONNX model: wire type ${wireType}`)
  }
}

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}
