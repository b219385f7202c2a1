import { expect } from 'chai'
import { isObject } from '../../ww/config/json.ts'
import { parseJson } from '../../ww/config/parse-json.ts'
import { fillTemplate } from '../../ww/config/template.ts'

const config = {
  port: 80,
  zero: 0,
  off: false,
  path: '/a?b=1&c="d"',
  hosts: [{ name: 'a' }, { name: 'b' }],
  list: ['x', 'y'],
  db: { host: 'h', 'a.b': 'dotted' },
}
const fill = (template: string): string => fillTemplate(template, 'the.template', config)

describe('a template', () => {
  it('prints values as they are, nothing escaped', () => {
    expect(fill('listen {{port}} {{zero}} {{off}} {{path}} {{db.host}};\n')).to.equal(
      'listen 80 0 false /a?b=1&c="d" h;\n',
    )
  })

  it('repeats a section for each item, and leaves it out when its value is false or missing', () => {
    expect(
      fill(
        '{{#hosts}}[{{name}} {{port}}]{{/hosts}}{{#list}}{{.}}{{/list}}{{#off}}no{{/off}}{{#none}}no{{/none}}{{^none}}yes{{/none}}',
      ),
    ).to.equal('[a 80][b 80]xyyes')
  })

  it('that names a missing value is an error with its line and key', () => {
    expect(() => fill('one\ntwo {{port}}\nthree {{db.port}}')).to.throw(
      'cannot render the.template: line 3: there is no db.port in the configuration',
    )
    expect(() => fill('one\n{{#hosts}}\n{{surname}}\n{{/hosts}}')).to.throw('line 3: there is no surname')
  })

  it('that is malformed is an error that names the line', () => {
    expect(() => fill('a\n{{#hosts}}\nb\n')).to.throw(
      'cannot render the.template: line 4: Unclosed section "hosts"',
    )
    expect(() => fill('a\n{{port}')).to.throw('cannot render the.template: line 2: Unclosed tag')
  })

  it('finds values by key path as ww cfg does, and prints lists and objects as JSON', () => {
    expect(fill('{{hosts[1].name}} {{hosts.0.name}} {{db["a.b"]}} {{list}} {{{path}}} {{&path}}')).to.equal(
      'b a dotted ["x","y"] /a?b=1&c="d" /a?b=1&c="d"',
    )
  })

  it('prints numbers as they are written', async () => {
    const numbers = await parseJson('{"id": 12345678901234567890, "list": [1.50]}', 'numbers')
    if (!isObject(numbers)) throw new Error('an object was written')
    expect(fillTemplate('{{id}}{{#list}} {{.}}{{/list}}', 't', numbers)).to.equal('12345678901234567890 1.50')
  })

  it('takes what every object has for missing', () => {
    expect(() => fill('{{toString}}')).to.throw('line 1: there is no toString')
    expect(() => fill('{{db.constructor}}')).to.throw('line 1: there is no db.constructor')
    expect(fill('{{#constructor}}no{{/constructor}}{{^hasOwnProperty}}yes{{/hasOwnProperty}}')).to.equal(
      'yes',
    )
  })

  it('cannot include another, and says so rather than leave it out', () => {
    expect(() => fill('a\n{{> other}}')).to.throw('line 2: a template cannot include another ({{> other}})')
  })

  it('may use other delimiters, where its own language has braces', () => {
    expect(fill('{{=<% %>=}}{{<% port %>}}')).to.equal('{{80}}')
  })
})
