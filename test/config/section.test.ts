import { expect } from 'chai'
import type { JsonValue } from '../../ww/config/json.ts'
import { count, secret, text } from '../../ww/config/setting-kinds.ts'
import { linesOf, sectionOf } from './settings-of.ts'

describe('a section of settings', () => {
  it('returns what is given, or the default', () => {
    const { section, findings } = sectionOf({ a: 'x', b: null })
    expect(section.setting('a', text, 'd', '')).to.equal('x')
    expect(section.setting('b', text, 'd', '')).to.equal('d')
    expect(section.setting('c', text, 'd', '')).to.equal('d')
    expect(section.setting('toString', text, 'd', '')).to.equal('d')
    expect(findings.problems).to.deep.equal([])
  })

  it('returns the default where the value is wrong, and reports it by its key path', () => {
    const { section, findings } = sectionOf({ in: { a: 0 } })
    expect(section.section('in', (inner) => inner.setting('a', count, 3, ''))).to.equal(3)
    expect(linesOf(findings.problems)).to.deep.equal(['ww.in.a: must be an integer of at least 1, not 0'])
    expect(findings.problems[0]?.safe).to.equal('must be an integer of at least 1')
  })

  it('returns null for what is optional and not given, empty or wrong', () => {
    const { section, findings } = sectionOf({ a: '', b: 5, c: 'x' })
    expect(section.optional('a', secret, '')).to.equal(null)
    expect(section.optional('b', secret, '')).to.equal(null)
    expect(section.optional('c', secret, '')).to.equal('x')
    expect(section.optional('d', secret, '')).to.equal(null)
    expect(linesOf(findings.problems)).to.deep.equal(['ww.b: must be a string'])
  })

  it('warns of what has no effect, and still checks it', () => {
    const { section, findings } = sectionOf({ a: 0, c: 1 })
    section.obsolete('a', count, 'has no effect')
    section.obsolete('b', count, 'has no effect')
    section.obsolete('c', count, 'has no effect')
    expect(linesOf(findings.warnings)).to.deep.equal([
      'ww.a has no effect; remove it',
      'ww.c has no effect; remove it',
    ])
    expect(linesOf(findings.problems)).to.deep.equal(['ww.a: must be an integer of at least 1, not 0'])
  })

  it('must be an object, and is read as an empty one where it is not', () => {
    const { section, findings } = sectionOf({ in: [1], gone: null })
    expect(section.section('in', (inner) => inner.setting('0', count, 3, ''))).to.equal(3)
    expect(section.section('gone', (inner) => inner.setting('a', count, 3, ''))).to.equal(3)
    expect(linesOf(findings.problems)).to.deep.equal(['ww.in: must be an object, not [1]'])
  })

  it('describes each setting as it is read', () => {
    const { section, findings } = sectionOf({})
    section.section('in', (inner) => inner.setting('a', count, 3, 'how many'))
    section.optional('b', text, 'what')
    section.obsolete('c', text, 'why')
    expect(findings.rows).to.deep.equal([
      { keys: ['in', 'a'], schema: count.schema, fallback: 3, description: 'how many', obsolete: false },
      { keys: ['b'], schema: text.schema, fallback: null, description: 'what', obsolete: false },
      { keys: ['c'], schema: text.schema, fallback: null, description: 'why', obsolete: true },
    ])
  })

  describe('for each name of the author’s own', () => {
    const names = {
      pattern: '^x-',
      must: 'must be an object of things',
      explain: () => ({ below: [], problem: 'is no name', fix: 'write x-' }),
    }
    const read = (given: JsonValue) => {
      const { section, findings } = sectionOf({ things: given })
      const things = section.each('things', names, (one) => one.setting('a', count, 3, 'how many'))
      return { things, rows: findings.rows, lines: linesOf(findings.problems) }
    }

    it('is read by name, and described once', () => {
      const { things, rows, lines } = read({ 'x-1': {}, 'x-2': { a: 5 }, 'x-3': null })
      expect(things).to.deep.equal({ 'x-1': 3, 'x-2': 5 })
      expect(lines).to.deep.equal([])
      const described = { schema: count.schema, fallback: 3, description: 'how many', obsolete: false }
      expect(rows).to.deep.equal([{ keys: ['things', 'NAME', 'a'], ...described, names: '^x-' }])
      expect(read(null)).to.deep.equal({ things: {}, rows, lines })
    })

    it('reports a wrong name, a wrong section and a wrong setting, each by its key path', () => {
      const { things, lines } = read({ y: { a: 0 }, 'x-1': 5, 'x-2': { a: 0 } })
      expect(things).to.deep.equal({ 'x-1': 3, 'x-2': 3 })
      expect(lines).to.deep.equal([
        'ww.things.y: is no name; write x-',
        'ww.things.y.a: must be an integer of at least 1, not 0',
        'ww.things.x-1: must be an object, not 5',
        'ww.things.x-2.a: must be an integer of at least 1, not 0',
      ])
      expect(read([1]).lines).to.deep.equal(['ww.things: must be an object of things, not [1]'])
    })
  })

  it('does not accept a default that is wrong itself', () => {
    const { section } = sectionOf({ a: 1 })
    expect(() => section.setting('a', count, 0, '')).to.throw(
      'the default of a is wrong: must be an integer of at least 1, not 0',
    )
  })
})
