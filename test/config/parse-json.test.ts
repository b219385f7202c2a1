import { expect } from 'chai'
import { parseJson } from '../../ww/config/parse-json.ts'
import { refusal } from './place.ts'

describe('parsing JSON', () => {
  it('reads every value', async () => {
    const text = '{"a": [null, true, 1, 1.5, "x"], "b": {}}'
    expect(await parseJson(text, 'CFG')).to.deep.equal({ a: [null, true, 1, 1.5, 'x'], b: {} })
  })

  it('keeps numbers as they are written', async () => {
    const text = '[12345678901234567890,1e21,1.0,1.50,-0,7]'
    expect(JSON.stringify(await parseJson(text, 'CFG'))).to.equal(text)
    expect(await parseJson('[7]', 'CFG')).to.deep.equal([7])
  })

  it('refuses what is nested so deeply that nothing could merge it', async () => {
    for (const levels of [501, 5_000, 100_000]) {
      const text = '{"a":'.repeat(levels) + 1 + '}'.repeat(levels)
      expect(await refusal(parseJson(text, 'CFG')), `${levels}`).to.deep.equal([
        'CFG: has more than 500 levels',
      ])
    }
    expect(await parseJson('['.repeat(500) + ']'.repeat(500), 'CFG')).to.be.an('array')
  })

  const fix = `; write JSON, such as CFG='{"a": 1}'`
  const cases: [text: string, mistake: string][] = [
    ['{"a": ', 'line 1, column 7: expected a value, found the end'],
    ['{"a":', 'line 1, column 6: expected a value, found the end'],
    ['', 'line 1, column 1: expected a value, found the end'],
    ['{"a": 1', 'line 1, column 8: expected "}", found the end'],
    ['{\n  "a": 1,\n  "b" 2}', 'line 3, column 7: expected ":", found other text'],
    ['[1', 'line 1, column 3: expected "]", found the end'],
    ['[1 2]', 'line 1, column 4: expected ",", found other text'],
    ['{,}', 'line 1, column 2: expected a value, found ","'],
    ['{1: 2}', 'line 1, column 2: expected a key in double quotes, found other text'],
    ['{"a": }', 'line 1, column 7: expected a value, found "}"'],
    ['hunter2', 'line 1, column 1: expected a value or a key in double quotes, found other text'],
    ['{} 5', 'line 1, column 4: expected the end, found other text'],
    ['{"a": "x', 'line 1, column 7: the string has no end, found other text'],
    ['// x\n{}', 'line 1, column 1: comments are not JSON, found other text'],
    ['["\\x"]', 'line 1, column 2: unknown escape in a string, found other text'],
    ['["\\u12"]', 'line 1, column 2: expected four hexadecimal digits, found other text'],
  ]
  for (const [text, mistake] of cases) {
    it(`names line and column of ${JSON.stringify(text)}`, async () => {
      expect(await refusal(parseJson(text, 'CFG'))).to.deep.equal([`CFG: ${mistake}${fix}`])
    })
  }

  it('has the line of a file where compilers have it', async () => {
    expect(await refusal(parseJson('{\n"a" 1}', '/x.json'))).to.deep.equal([
      '/x.json:2: column 5: expected ":", found other text',
    ])
  })

  it('shows nothing of the text, which may have a secret in it', async () => {
    const [line] = await refusal(parseJson('{"password": "hunter2" "b": hunter3}', 'CFG'))
    expect(line).to.not.contain('hunter')
  })
})
