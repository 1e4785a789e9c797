import assert from 'node:assert/strict'

/**
 * What a body must look like: `'string'`, `'number|null'`, a list of one kind of item, or an object
 * with exactly these keys, those that end in `?` optional.
 */
export type Shape = string | readonly [Shape] | { readonly [key: string]: Shape }

/** Compares a body with its shape, key by key and type by type. */
export function assertShape(value: unknown, shape: Shape, path = 'body'): void {
  if (typeof shape === 'string') {
    const type = value === null ? 'null' : typeof value
    assert.ok(shape.split('|').includes(type), `${path} is ${type}, not ${shape}`)
    return
  }
  if (isList(shape)) {
    assert.ok(Array.isArray(value), `${path} is no list`)
    for (const [place, item] of value.entries()) assertShape(item, shape[0], `${path}[${place}]`)
    return
  }
  assert.ok(typeof value === 'object' && value !== null, `${path} is no object`)
  const members = new Map(Object.entries(value))
  for (const [name, inner] of Object.entries(shape)) {
    const key = name.replace(/\?$/, '')
    if (members.has(key)) assertShape(members.get(key), inner, `${path}.${key}`)
    else assert.equal(key === name, false, `${path}.${key} is missing`)
    members.delete(key)
  }
  assert.deepEqual([...members.keys()], [], `${path} has more keys than documented`)
}

// `Array.isArray` does not narrow a readonly tuple.
function isList(shape: Exclude<Shape, string>): shape is readonly [Shape] {
  return Array.isArray(shape)
}
