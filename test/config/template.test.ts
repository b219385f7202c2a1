import { expect } from 'chai'
import { fillTemplate } from '../../ww/config/template.ts'

const config = {
  port: 80,
  zero: 0,
  off: false,
  path: '/a?b=1&c="d"',
  hosts: [{ name: 'a' }, { name: 'b' }],
  list: ['x', 'y'],
  db: { host: 'h' },
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

  it('that is malformed is an error that names it', () => {
    expect(() => fill('{{#hosts}}')).to.throw('cannot render the.template: Unclosed section "hosts"')
  })
})
