import type { ErrorObject } from 'ajv'
import { expect } from 'chai'
import type { JsonObject, JsonValue } from '../../ww/config/json.ts'
import { formatProblem } from '../../ww/config/problem.ts'
import { checkSchema } from '../../ww/config/schema.ts'
import { describeViolation } from '../../ww/config/violation.ts'

const lines = (properties: JsonObject, config: JsonValue): string[] =>
  checkSchema(config, { properties, additionalProperties: false }, 'schema').map(formatProblem)

describe('a violation of the author’s schema', () => {
  const cases: [rule: JsonObject, value: JsonValue, line: string][] = [
    [{ type: 'string' }, 5, 'a: must be a string, not 5'],
    [{ type: 'integer' }, 'x', 'a: must be an integer, not "x"'],
    [{ type: 'object' }, 'x', 'a: must be an object, not "x"'],
    [{ type: 'array' }, { x: 1 }, 'a: must be an array, not an object'],
    [{ type: 'null' }, ['x'], 'a: must be null, not a list'],
    [
      { type: 'integer', minimum: 1, maximum: 65_535 },
      'http',
      'a: must be an integer from 1 to 65535, not "http"',
    ],
    [{ type: 'integer', minimum: 1, maximum: 65_535 }, 0, 'a: must be an integer from 1 to 65535, not 0'],
    [{ type: 'number', minimum: 0, maximum: 9 }, 10, 'a: must be a number from 0 to 9, not 10'],
    [{ type: 'integer', minimum: 64 }, 'x', 'a: must be an integer of at least 64, not "x"'],
    [{ type: 'integer', maximum: 64 }, 65, 'a: must be an integer of at most 64, not 65'],
    [{ minimum: 64 }, 5, 'a: must be >= 64, not 5'],
    [{ type: ['string', 'null'] }, 5, 'a: must be string,null, not 5'],
    [{ exclusiveMinimum: 5 }, 5, 'a: must be > 5, not 5'],
    [{ exclusiveMaximum: 5 }, 5, 'a: must be < 5, not 5'],
    [{ enum: ['a', 1] }, 'c', 'a: must be one of "a", 1, not "c"'],
    [{ const: 'b' }, 'c', 'a: must be equal to constant, not "c"'],
    [{ minLength: 3 }, 'hi', 'a: must NOT have fewer than 3 characters'],
    [{ pattern: '^x' }, 'hi', 'a: must match pattern "^x"'],
    [{ format: 'email' }, 'nobody', 'a: must match format "email"'],
    [{ required: ['host'] }, {}, 'a.host is missing; schema requires it'],
    [{ items: { type: 'string' } }, ['x', 5], 'a.1: must be a string, not 5'],
  ]
  for (const [rule, value, line] of cases) {
    it(`is described: ${line}`, () => expect(lines({ a: rule }, { a: value })).to.deep.equal([line]))
  }

  it('is described for a key that is not there, with the nearest one', () => {
    expect(lines({ greeting: {} }, { greting: 1, zzz: 2 })).to.deep.equal([
      'greting is not a key of the configuration; did you mean greeting?',
      'zzz is not a key of the configuration; schema does not have it',
    ])
    expect(
      lines({ a: { additionalProperties: false, properties: { 'x.y': {} } } }, { a: { 'x.z': 1 } }),
    ).to.deep.equal(['a["x.z"] is not a key of the configuration; did you mean a["x.y"]?'])
  })

  it('has the key path, also of keys with / and ~ in them', () => {
    expect(lines({ 'a/b~c': { type: 'string' } }, { 'a/b~c': 5 })).to.deep.equal([
      'a/b~c: must be a string, not 5',
    ])
  })

  it('shows no value under a key that looks like a secret', () => {
    for (const key of ['password', 'dbPass', 'api_token', 'SECRET', 'auth', 'credentials', 'key'])
      expect(lines({ [key]: { type: 'string' } }, { [key]: 12345 })).to.deep.equal([
        `${key}: must be a string`,
      ])
  })

  it('has a message without the value, for one that came from a secret’s file', () => {
    const [violation] = checkSchema({ a: 5 }, { properties: { a: { type: 'string' } } }, 'schema')
    expect(violation?.safe).to.equal('must be a string')
  })

  it('is not valid, where the checker has no message', () => {
    const error: ErrorObject = { instancePath: '/a', schemaPath: '', keyword: 'odd', params: {} }
    expect(formatProblem(describeViolation(error, 's'))).to.equal('a: is not valid')
  })
})
