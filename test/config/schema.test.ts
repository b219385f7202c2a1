import { expect } from 'chai'
import type { JsonValue } from '../../ww/config/json.ts'
import { formatProblem } from '../../ww/config/problem.ts'
import { checkSchema } from '../../ww/config/schema.ts'

const lines = (config: JsonValue, schema: JsonValue): string[] =>
  checkSchema(config, schema, '/cfg.schema.json').map(formatProblem)

describe('the author’s schema', () => {
  it('accepts what matches, and reports everything else at once', () => {
    const schema = { properties: { a: { type: 'string' }, b: { type: 'integer' } } }
    expect(lines({ a: 'x', b: 1 }, schema)).to.deep.equal([])
    expect(lines({ a: 1, b: 'x' }, schema)).to.deep.equal([
      'a: must be a string, not 1',
      'b: must be an integer, not "x"',
    ])
  })

  it('has numbers that remained as written checked by their value', () => {
    const schema = { properties: { a: { type: 'integer' } } }
    expect(lines({ a: JSON.rawJSON('12345678901234567890') }, schema)).to.deep.equal([])
    expect(lines({ a: JSON.rawJSON('1.50') }, schema)).to.have.length(1)
  })

  it('is of draft 2020-12 unless it is of an older one', () => {
    const tuple = [{ type: 'string' }, { type: 'integer' }]
    const wrong = { pair: ['a', 'b'] }
    expect(lines(wrong, { properties: { pair: { prefixItems: tuple } } })).to.have.length(1)
    for (const draft of ['draft-07', 'draft-06']) {
      const $schema = `http://json-schema.org/${draft}/schema#`
      expect(lines(wrong, { $schema, properties: { pair: { items: tuple } } })).to.deep.equal([
        'pair.1: must be an integer, not "b"',
      ])
    }
    const $schema = 'https://json-schema.org/draft/2020-12/schema'
    expect(lines(wrong, { $schema, properties: { pair: { prefixItems: tuple } } })).to.have.length(1)
  })

  it('may have keywords of its own', () => {
    expect(lines({ a: 1 }, { properties: { a: { comment: 'x' } } })).to.deep.equal([])
  })

  it('is refused where it is not a schema', () => {
    expect(() => lines({}, [1])).to.throw('/cfg.schema.json: must be a JSON object')
    expect(() => lines({}, { type: 'objekt' })).to.throw(
      /^\/cfg\.schema\.json: cannot use it: schema is invalid/,
    )
  })
})
