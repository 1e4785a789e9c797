import assert from 'node:assert/strict'
import { describe, it } from 'node:test'

import { commandOf, pageAfter } from '../../../../web/src/document/keyboard.ts'

const free = {
  hasModifier: false,
  isTaken: false,
  isTyping: false,
  scrolls: { x: false, y: false },
}

describe('commandOf', () => {
  it('turns pages, copies and closes', () => {
    const keys = ['ArrowLeft', 'ArrowRight', 'Home', 'End', 'c', 'Escape', 'x', 'constructor']

    assert.deepEqual(
      keys.map((key) => commandOf({ key, ...free })),
      ['previous', 'next', 'first', 'last', 'copy', 'close', null, null],
    )
  })

  it('leaves keys alone while somebody types, or that mean something else', () => {
    assert.equal(commandOf({ key: 'c', ...free, isTyping: true }), null)
    assert.equal(commandOf({ key: 'c', ...free, hasModifier: true }), null)
    assert.equal(commandOf({ key: 'ArrowLeft', ...free, isTaken: true }), null)
  })
})

describe('the arrow keys', () => {
  const commands = (scrolls: { x: boolean; y: boolean }) =>
    ['ArrowLeft', 'ArrowRight', 'Home', 'End', 'c'].map((key) =>
      commandOf({ key, ...free, scrolls }),
    )

  it('scroll a zoomed image or a wide table that has the focus instead of turning the page', () => {
    assert.deepEqual(commands({ x: true, y: false }), [null, null, 'first', 'last', 'copy'])
  })

  it('leave Home and End to what scrolls down', () => {
    assert.deepEqual(commands({ x: false, y: true }), ['previous', 'next', null, null, 'copy'])
  })
})

describe('pageAfter', () => {
  const pages = [2, 5, 9]

  it('goes through the selected pages', () => {
    assert.equal(pageAfter(pages, 5, 'next'), 9)
    assert.equal(pageAfter(pages, 5, 'previous'), 2)
    assert.equal(pageAfter(pages, 5, 'first'), 2)
    assert.equal(pageAfter(pages, 5, 'last'), 9)
  })

  it('stays at the ends', () => {
    assert.equal(pageAfter(pages, 9, 'next'), 9)
    assert.equal(pageAfter(pages, 2, 'previous'), 2)
    assert.equal(pageAfter([], 3, 'last'), 3)
  })

  it('finds its way back from a page that was not selected', () => {
    assert.equal(pageAfter(pages, 7, 'previous'), 5)
    assert.equal(pageAfter(pages, 99, 'next'), 99)
  })
})
