import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { expect } from 'chai'
import type { JsonValue } from '../../ww/config/json.ts'
import { quote, renderLookup } from '../../ww/config/render-lookup.ts'
import { hasShell, shells } from '../helpers/shells.ts'
import { Place } from './place.ts'

const many = (count: number, value = 'x'.repeat(20)) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key${index}`, `${value}${index}`]))

describe('quoting for sh', () => {
  it('makes every text one word', () => {
    expect(quote('a')).to.equal(`'a'`)
    expect(quote('')).to.equal(`''`)
    expect(quote(`it's '$x'`)).to.equal(`'it'\\''s '\\''$x'\\'''`)
  })
})

describe('the lookup of ww cfg', () => {
  it('is one case for each value, in one file when it is small', () => {
    const { main, parts } = renderLookup({ a: { b: 'x' } }, '/run')
    expect(main).to.equal(
      `case $1 in\n'.') ww_value='{"a":{"b":"x"}}';;\n'a') ww_value='{"b":"x"}';;\n'a.b') ww_value='x';;\n*) return 1;;\nesac\n`,
    )
    expect(parts.size).to.equal(0)
  })

  it('is split when it has more than 4000 letters', () => {
    const lettersOf = (n: number): number =>
      `'.') ww_value='{"a":"${'x'.repeat(n)}"}';;\n'a') ww_value='${'x'.repeat(n)}';;\n`.length
    const isSplit = (n: number): boolean => renderLookup({ a: 'x'.repeat(n) }, '/run').parts.size > 0
    const sizes = Array.from({ length: 100 }, (_, index) => 1920 + index)
    expect(sizes.map(isSplit)).to.deep.equal(sizes.map((n) => lettersOf(n) > 4000))
    expect(sizes.map(isSplit)).to.include.members([true, false])
    expect(renderLookup(many(300), '/run').parts.size).to.be.greaterThan(1)
  })

  it('is not split where that would not help', () => {
    expect(renderLookup('x'.repeat(100_000), '/run').parts.size).to.equal(0)
  })

  for (const [shell, words] of Object.entries(shells)) {
    describe(`in ${shell}`, () => {
      let place: Place
      before(function () {
        if (!hasShell(words)) this.skip()
        place = new Place()
      })
      after(() => place?.remove())

      const find = (config: JsonValue, key: string) => {
        const directory = place.at('parts')
        const { main, parts } = renderLookup(config, directory)
        mkdirSync(directory, { recursive: true })
        for (const [name, content] of parts) place.write(`parts/${name}`, content)
        const lookup = place.write('lookup', main)
        const [program = '', ...args] = words
        const script = `find() { . ${quote(lookup)}; }; find "$1" && printf %s "$ww_value"`
        const { status, stdout, stderr } = spawnSync(program, [...args, '-c', script, 'x', key], {
          encoding: 'utf8',
          // bash with a socket there reads the startup files of a remote shell
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { LC_ALL: 'C', PATH: process.env.PATH },
        })
        expect(stderr).to.equal('')
        return status === 0 ? stdout : null
      }

      const keys = ['-key', '--', '-n', 'a b', "it's", '$HOME', '*', 'ž', 'plain']
      for (const size of [0, 400]) {
        const config = { ...many(size), ...Object.fromEntries(keys.map((key) => [key, `value of ${key}`])) }
        const name = size === 0 ? 'a small configuration' : 'a large one, in parts'
        it(`finds every key of ${name}, also those that begin with -`, () => {
          for (const key of keys) expect(find(config, key), key).to.equal(`value of ${key}`)
          for (const index of [0, 9, 10, 99, size - 1].filter((i) => i >= 0 && i < size))
            expect(find(config, `key${index}`)).to.equal(`${'x'.repeat(20)}${index}`)
        })

        it(`finds nothing else in ${name}`, () => {
          for (const key of ['-', '-k', 'key', 'none', '', '?', 'plai', 'key0/..', 'x'.repeat(50)])
            expect(find(config, key), key).to.equal(null)
        })
      }
    })
  }
})
