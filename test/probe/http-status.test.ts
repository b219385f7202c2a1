import { expect } from 'chai'
import { parseStatus } from '../../ww/probe/http-status.ts'

describe('the status of a response', () => {
  it('is in its first line', () => {
    expect(parseStatus('HTTP/1.1 200 OK\r\n')).to.equal(200)
    expect(parseStatus('HTTP/1.0 404 Not Found\r\nServer: x')).to.equal(404)
    expect(parseStatus('HTTP/2 503\r\n')).to.equal(503)
    expect(parseStatus('HTTP/1.1 204\n')).to.equal(204)
  })

  it('is not known before all of it has arrived', () => {
    const line = 'HTTP/1.1 200 '
    for (let end = 0; end < line.length; end++)
      expect(parseStatus(line.slice(0, end)), String(end)).to.equal(null)
  })

  it('is that of the response after those that announce one', () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n'
    expect(parseStatus(hints)).to.equal(null)
    expect(parseStatus(hints.slice(0, -2))).to.equal(null)
    expect(parseStatus(`HTTP/1.1 100 Continue\r\n\r\n${hints}HTTP/1.1 500 X\r\n`)).to.equal(500)
  })

  it('is none of what is not HTTP', () => {
    for (const text of [
      'SSH-2.0',
      'x',
      'HTTP/1.1 2x',
      'HTTP/1.1 20x OK\r\n',
      'HTTP/1.1 2000 \r\n',
      'HTTPS/1.1 200 ',
    ])
      expect(parseStatus(text), text).to.be.NaN
  })
})
