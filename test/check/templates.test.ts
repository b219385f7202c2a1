import { expect } from 'chai'
import { formatFinding } from '../../ww/check/finding.ts'
import { lintTemplate, listTemplates } from '../../ww/check/templates.ts'
import { Place } from '../config/place.ts'

describe('the templates of a tree', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const lint = (content: string): string[] => {
    place.write('files/a.mustache', content)
    return lintTemplate(place.root, 'files/a.mustache', { memory: 1, tls: false }).map(formatFinding)
  }

  it('are the files that end in .mustache, at every depth, in order', () => {
    expect(listTemplates(place.root)).to.deep.equal([])
    for (const name of ['files/z.mustache', 'files/a/b.mustache', 'files/c.conf', 'etc/d.mustache'])
      place.write(name, '')
    expect(listTemplates(place.root)).to.deep.equal(['files/a/b.mustache', 'files/z.mustache'])
  })

  it('are fine with keys of the configuration and variables of hooks', () => {
    expect(lint('{{memory}} {{WW_DATA}} {{WW_VERSION}} {{#tls}}{{cert}}{{/tls}}')).to.deep.equal([])
  })

  it('may have unknown keys, which are errors', () => {
    expect(lint('\n{{memroy}}\n{{zzzzzz}}{{WW_DTA}}')).to.deep.equal([
      'files/a.mustache:2: error: no key "memroy"; did you mean memory?',
      'files/a.mustache:3: error: no key "zzzzzz"',
      'files/a.mustache:3: error: no key "WW_DTA"; did you mean WW_DATA?',
    ])
  })

  it('may need a variable that only the instance has, of which is warned', () => {
    expect(lint('{{env.NO_SUCH_VARIABLE_HERE}}')).to.deep.equal([
      'files/a.mustache:1: warning: no key "env.NO_SUCH_VARIABLE_HERE"',
    ])
  })

  it('may be malformed', () => {
    expect(lint('{{#tls}}')).to.deep.equal(['files/a.mustache:1: error: Unclosed section "tls"'])
  })
})
