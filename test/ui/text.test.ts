import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { displayWidth, escapeText, padTo, truncate, wrap } from '../../src/ui/text.ts'

const seed = 20260301

describe('escapeText', () => {
  for (const [name, foreign, shown] of [
    ['plain text', 'ipxe.efi', 'ipxe.efi'],
    ['letters of other languages', 'Grüße 你好 😀', 'Grüße 你好 😀'],
    ['line breaks and tabs', 'a\r\n\tb', 'a\\r\\n\\tb'],
    ['NUL and DEL', 'a\0b\x7f', 'a\\x00b\\x7f'],
    ['an ANSI colour', '\x1b[31mred', '\\x1b[31mred'],
    ['a one-byte control introducer', '\x9b31m', '\\x9b31m'],
    ['a bidirectional override', 'exe\u202efdp', 'exe\\u202efdp'],
    ['isolates', '\u2066x\u2069', '\\u2066x\\u2069'],
    ['zero-width characters and a byte-order mark', 'a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['line and paragraph separators', '\u2028\u2029', '\\u2028\\u2029'],
    ['a lone surrogate', '\ud800x', '\\ud800x'],
    ['a tag character', '\u{e0041}', '\\u{e0041}'],
  ] as const) {
    test(name, () => {
      assert.equal(escapeText(foreign), shown)
    })
  }

  test('nothing that a terminal obeys gets through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (foreign) => {
        assert.doesNotMatch(escapeText(foreign), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
      { seed },
    )
  })
})

describe('displayWidth', () => {
  for (const [name, text, width] of [
    ['empty', '', 0],
    ['ASCII', 'abc', 3],
    ['coloured', '\x1b[1mabc\x1b[22m', 3],
    ['wide', '你好', 4],
    ['combining accent', 'e\u0301', 1],
    ['emoji', '😀', 2],
    ['symbols of the theme', '✓→…·━', 5],
  ] as const) {
    test(name, () => {
      assert.equal(displayWidth(text), width)
    })
  }
})

describe('truncate and pad', () => {
  for (const [text, width, shown] of [
    ['abcdef', 6, 'abcdef'],
    ['abcdef', 5, 'abcd…'],
    ['abcdef', 1, '…'],
    ['你好吗', 5, '你好…'],
    ['你好吗', 4, '你…'],
  ] as const) {
    test(`"${text}" in ${width}`, () => {
      assert.equal(truncate(text, width), shown)
    })
  }

  test('padding counts columns, not characters', () => {
    assert.equal(padTo('你', 4), '你  ')
    assert.equal(padTo('7', 3, 'right'), '  7')
    assert.equal(padTo('\x1b[1mx\x1b[22m', 2), '\x1b[1mx\x1b[22m ')
  })
})

describe('wrap', () => {
  test('breaks at spaces', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three'])
  })

  test('keeps long words whole, so that they can be copied', () => {
    assert.deepEqual(wrap('see https://example.com/a/b ok', 10), ['see', 'https://example.com/a/b', 'ok'])
  })

  test('keeps line breaks', () => {
    assert.deepEqual(wrap('a\n\nb', 10), ['a', '', 'b'])
  })

  test('loses no word and exceeds no width', () => {
    const words = fc.array(
      fc
        .string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' })
        .map((word) => word.replaceAll(' ', '_')),
    )
    fc.assert(
      fc.property(words, fc.integer({ min: 12, max: 80 }), (list, width) => {
        const lines = wrap(list.join(' '), width)
        assert.equal(lines.join(' '), list.join(' '))
        for (const line of lines) assert.ok(displayWidth(line) <= width)
      }),
      { seed },
    )
  })
})
