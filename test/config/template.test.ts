import { expect } from 'chai'
import { isObject } from '../../ww/config/json.ts'
import { parseJson } from '../../ww/config/parse-json.ts'
import { fillTemplate } from '../../ww/config/template.ts'

const config = {
  port: 80,
  zero: 0,
  off: false,
  empty: '',
  nothing: [null],
  path: '/a?b=1&c="d"',
  hosts: [{ name: 'a' }, { name: 'b' }],
  list: ['x', 'y'],
  db: { host: 'h', 'a.b': 'dotted' },
}
const env = { WW_DATA: '/data', HOME: '/root' }
const fill = (template: string): string => {
  const { text, problems } = fillTemplate(template, config, env)
  expect(problems).to.deep.equal([])
  return text
}
const problemsOf = (template: string) => fillTemplate(template, config, env).problems

describe('a template', () => {
  it('has values printed as they are, nothing escaped', () => {
    expect(fill('listen {{port}} {{zero}} {{off}}[{{empty}}] {{path}} {{db.host}};\n')).to.equal(
      'listen 80 0 false[] /a?b=1&c="d" h;\n',
    )
  })

  it('repeats a section for each item, and leaves it out when its value is false or missing', () => {
    expect(fill('{{#hosts}}[{{name}} {{port}}]{{/hosts}}{{#list}}{{.}}{{/list}}')).to.equal('[a 80][b 80]xy')
    expect(fill('{{#off}}no{{/off}}{{#none}}no{{/none}}{{^none}}yes{{/none}}')).to.equal('yes')
  })

  it('finds values by key path as ww cfg does, and prints lists and objects as JSON', () => {
    expect(fill('{{hosts[1].name}} {{hosts.0.name}} {{db["a.b"]}} {{list}} {{{path}}} {{&path}}')).to.equal(
      'b a dotted ["x","y"] /a?b=1&c="d" /a?b=1&c="d"',
    )
  })

  it('has the environment', () => {
    expect(fill('{{WW_DATA}} {{env.HOME}}')).to.equal('/data /root')
  })

  it('has numbers printed as they are written', async () => {
    const numbers = await parseJson('{"id": 12345678901234567890, "list": [1.50]}', 'numbers')
    if (!isObject(numbers)) throw new Error('an object was written')
    expect(fillTemplate('{{id}}{{#list}} {{.}}{{/list}}', numbers, {}).text).to.equal(
      '12345678901234567890 1.50',
    )
  })

  it('may use other delimiters, where its own language has braces', () => {
    expect(fill('{{=<% %>=}}{{<% port %>}}')).to.equal('{{80}}')
  })
})

describe('what is wrong with a template', () => {
  it('is every missing value, with its line and the nearest key', () => {
    expect(problemsOf('one\ntwo {{prot}}\n{{db.prot}} {{zzzzzzzz}}')).to.deep.equal([
      { line: 2, missing: 'prot', problem: 'no key "prot"', fix: 'did you mean port?' },
      { line: 3, missing: 'db.prot', problem: 'no key "db.prot"' },
      { line: 3, missing: 'zzzzzzzz', problem: 'no key "zzzzzzzz"' },
    ])
  })

  it('is a missing value within a section, once for each item', () => {
    expect(problemsOf('\n{{#hosts}}\n{{nam}}\n{{/hosts}}').map(({ line, fix }) => [line, fix])).to.deep.equal(
      [
        [3, 'did you mean name?'],
        [3, 'did you mean name?'],
      ],
    )
    expect(problemsOf('{{#none}}{{nothing.there}}{{/none}}')).to.deep.equal([])
  })

  it('is a null, in unescaped values too', () => {
    expect(problemsOf('{{{nothing[0]}}}')[0]).to.include({ line: 1, missing: 'nothing[0]' })
  })

  it('is what every object has, which is not configuration', () => {
    expect(problemsOf('{{toString}}{{db.constructor}}').map(({ missing }) => missing)).to.deep.equal([
      'toString',
      'db.constructor',
    ])
    expect(fill('{{#constructor}}no{{/constructor}}{{^hasOwnProperty}}yes{{/hasOwnProperty}}')).to.equal(
      'yes',
    )
  })

  it('is a template in it', () => {
    expect(problemsOf('a\n{{> other}}')).to.deep.equal([
      { line: 2, problem: 'a template cannot include another ({{> other}})', fix: 'copy its text' },
    ])
  })

  it('is a tag or a section without an end, with its line', () => {
    expect(fillTemplate('a\n{{#hosts}}\nb\n', config, env)).to.deep.equal({
      text: '',
      problems: [{ line: 4, problem: 'Unclosed section "hosts"' }],
    })
    expect(problemsOf('a\n{{port}')).to.deep.equal([{ line: 2, problem: 'Unclosed tag' }])
  })
})
