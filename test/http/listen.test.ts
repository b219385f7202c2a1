import { expect } from 'chai'
import { describeListenError, parseListen } from '../../ww/http/listen.ts'

describe('where a server listens', () => {
  for (const [text, address] of [
    ['8080', { host: '0.0.0.0', port: 8080 }],
    [':8080', { host: '0.0.0.0', port: 8080 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['localhost:80', { host: 'localhost', port: 80 }],
    ['[::1]:80', { host: '::1', port: 80 }],
    ['unix:/run/x.sock', { path: '/run/x.sock' }],
  ] as const) {
    it(`reads ${text}`, () => expect(parseListen(text)).to.deep.equal(address))
  }

  for (const text of [
    '',
    'http',
    'host',
    'host:',
    ':65536',
    '-1',
    '::1',
    'a:b:80',
    'unix:',
    'unix:relative',
  ]) {
    it(`does not take "${text}"`, () => expect(parseListen(text)).to.equal(null))
  }
})

describe('why a server cannot listen', () => {
  it('is told by the code of the error, whatever the runtime says', () => {
    const error = Object.assign(new Error('Failed to start server. Is port 80 in use?'), {
      code: 'EADDRINUSE',
    })
    expect(describeListenError(error)).to.equal('another process listens there (EADDRINUSE)')
  })

  it('is the message of any other error', () => {
    expect(describeListenError(new Error('odd'))).to.equal('odd')
    expect(describeListenError('odd')).to.equal('odd')
  })
})
