import { expect } from 'chai'
import { emptyNotice, type Notice, readNotice } from '../../ww/processes/notice.ts'

const read = (...datagrams: string[]): Notice =>
  datagrams.reduce((before, text) => readNotice(text, before), emptyNotice)

describe('a notification', () => {
  for (const [text, expected] of [
    ['READY=1', { isReady: true }],
    ['STOPPING=1', { isStopping: true }],
    ['STATUS=a = b', { status: 'a = b' }],
    ['STATUS=', { status: '' }],
    ['WATCHDOG=1', { isAlive: true }],
    ['WATCHDOG=trigger', { isTriggered: true }],
    ['WATCHDOG_USEC=1500000', { watchdogMs: 1500 }],
    ['WATCHDOG_USEC=1', { watchdogMs: 1 }],
    ['WATCHDOG_USEC=999999999999999999', { watchdogMs: 2_073_600_000 }],
    ['READY=1\nSTATUS=up\nWATCHDOG=1\n', { isReady: true, status: 'up', isAlive: true }],
  ] as const) {
    it(`is ${JSON.stringify(text)}`, () => {
      expect(read(text)).to.deep.equal({ ...emptyNotice, ...expected })
    })
  }

  for (const text of [
    '',
    '\n\n',
    'READY',
    'READY=',
    'READY=0',
    'READY=11',
    ' READY=1',
    'ready=1',
    'XREADY=1',
    'STOPPING=0',
    'WATCHDOG=2',
    'WATCHDOG_USEC=',
    'WATCHDOG_USEC=0',
    'WATCHDOG_USEC=-5',
    'WATCHDOG_USEC=1e9',
    'WATCHDOG_USEC=9999999999999999999',
    'MAINPID=1',
    'ERRNO=2',
    '__proto__=1',
    '=1',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(read(text)).to.deep.equal(emptyNotice))
  }

  it('adds to those before it, and its status replaces theirs', () => {
    expect(read('READY=1\nSTATUS=a', 'STATUS=b', 'WATCHDOG=1')).to.deep.equal({
      ...emptyNotice,
      ...{ isReady: true, status: 'b', isAlive: true },
    })
  })

  it('is not read past its 64th line', () => {
    expect(read(`${'X=1\n'.repeat(63)}READY=1`).isReady).to.equal(true)
    expect(read(`${'X=1\n'.repeat(64)}READY=1`).isReady).to.equal(false)
  })

  it('has a status of one short line without control characters', () => {
    expect(read('STATUS= \x1b[31mred\x07\r ').status).to.equal('[31mred')
    expect(read(`STATUS=${'x'.repeat(4000)}`).status).to.equal('x'.repeat(200))
    expect(read(`STATUS=${'x'.repeat(199)}😀`).status).to.equal(`${'x'.repeat(199)}\ufffd`)
  })
})
