import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { parseCsv, writeCsv } from '../../src/nodes/csv.ts'

const fieldsOf = (text: string) => parseCsv(text).records.map(({ fields }) => fields)

suite('reading CSV', () => {
  const rows: readonly (readonly [string, string, readonly (readonly string[])[]])[] = [
    ['nothing', '', []],
    ['only empty lines', '\n\r\n,,\n', []],
    [
      'LF',
      'a,b\nc,d\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CRLF',
      'a,b\r\nc,d\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [
      'CR',
      'a,b\rc,d',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['no line end at the end', 'a,b', [['a', 'b']]],
    ['byte order mark', '\uFEFFa,b\n', [['a', 'b']]],
    ['empty fields', ',a,\n', [['', 'a', '']]],
    ['an empty field at the very end', 'a,', [['a', '']]],
    ['spaces around', ' a , b \n', [['a', 'b']]],
    ['quotes', '"a,1","b ""x"""\n', [['a,1', 'b "x"']]],
    ['a line break in quotes', '"a\nb",c\n', [['a\nb', 'c']]],
    [
      'semicolons, as a German spreadsheet writes',
      'a;b;c,d\ne;f;g\n',
      [
        ['a', 'b', 'c,d'],
        ['e', 'f', 'g'],
      ],
    ],
    [
      'tabs, as copied from a spreadsheet',
      'a\tb\nc\td\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
  ]
  for (const [name, text, wanted] of rows) test(name, () => assert.deepEqual(fieldsOf(text), wanted))

  test('lines are counted as an editor does, inside quotes too', () => {
    const { records } = parseCsv('a,b\n\n"x\r\ny",c\nd,e\n')
    assert.deepEqual(
      records.map(({ line, fields }) => [line, fields[0]]),
      [
        [1, 'a'],
        [3, 'x\r\ny'],
        [5, 'd'],
      ],
    )
  })

  test('a quote that is never closed', () => {
    assert.deepEqual(parseCsv('a,b\nc,"d\n').problems, [{ line: 2, message: 'a quote is never closed' }])
  })

  test('text behind a closing quote', () => {
    assert.deepEqual(parseCsv('"a"b,c\n').problems, [{ line: 1, message: 'text follows a closing quote' }])
  })

  test('any text: no exception, and lines in order', () => {
    const alphabet = fc.constantFrom('a', '1', ',', ';', '\t', '"', '\n', '\r', ' ', '\uFEFF', 'ü')
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 60 }), (text) => {
        const lines = parseCsv(text).records.map(({ line }) => line)
        assert.deepEqual(
          lines,
          [...lines].sort((left, right) => left - right),
        )
      }),
      { seed: 20260701, numRuns: 3000 },
    )
  })
})

test('what is written is read back', () => {
  const field = fc.string({ maxLength: 12 }).map((text) => text.trim())
  const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 })
  fc.assert(
    fc.property(table, (rows) => {
      const header = ['a,b,c,d,e,f', 'x']
      const wanted = rows.filter((row) => row.some((cell) => cell !== ''))
      assert.deepEqual(fieldsOf(writeCsv([header, ...rows])).slice(1), wanted)
    }),
    { seed: 20260702, numRuns: 2000 },
  )
})
