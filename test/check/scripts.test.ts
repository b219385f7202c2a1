import { expect } from 'chai'
import { formatFinding } from '../../ww/check/finding.ts'
import { lintScript } from '../../ww/check/scripts.ts'
import { Place } from '../config/place.ts'

describe('the text of a hook', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const lint = (content: string): string[] =>
    lintScript(content, 'usr/boot', place.write('boot', content)).map(formatFinding)

  it('is fine with a #! line and no syntax error', () => {
    expect(lint('#!/bin/sh\nexit 0\n')).to.deep.equal([])
  })

  it('is not read where it is a program', () => {
    expect(lint('\u007fELF\0\r\n')).to.deep.equal([])
  })

  it('has CRLF line ends that hide the interpreter', () => {
    expect(lint('#!/bin/sh\r\nfi\r\n')).to.deep.equal([
      "usr/boot:1: error: CRLF line ends hide the interpreter; run sed -i 's/\\r$//' usr/boot",
    ])
  })

  it('has CRLF line ends further down', () => {
    expect(lint('#!/bin/sh\nexit 0\r\n')).to.deep.equal([
      "usr/boot:2: error: CRLF line ends; run sed -i 's/\\r$//' usr/boot",
    ])
  })

  it('has a byte order mark', () => {
    expect(lint('\uFEFF#!/bin/sh\nexit 0\n')).to.deep.equal([
      'usr/boot:1: error: a byte order mark hides the #! line; save the file without it',
    ])
  })

  it('has no #! line', () => {
    expect(lint('exit 0\n')).to.deep.equal([
      'usr/boot:1: warning: has no #! line, so that it runs under /bin/sh; write #!/bin/sh',
    ])
  })

  it('has a syntax error', () => {
    expect(lint('#!/bin/sh\nif true\n')[0]).to.match(/^usr\/boot:\d: error: syntax error: /)
  })
})
