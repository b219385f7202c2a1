import { expect } from 'chai'
import { awaitNotified, Notifications, watchNotified } from '../../ww/probe/notifications.ts'
import { emptyNotice, type Notice, readNotice } from '../../ww/processes/notice.ts'
import type { NotifySocket } from '../../ww/processes/notify.ts'

/** A socket into which a test puts datagrams, and a clock that it sets. */
class FakeSocket implements NotifySocket {
  readonly path = '/run/ww/notify-x/socket'
  datagrams: string[] = []
  isMore = false
  isClosed = false
  time = 1000
  receive(): Notice {
    const notice = this.datagrams.splice(0).reduce((before, text) => readNotice(text, before), emptyNotice)
    return { ...notice, isMore: this.isMore }
  }
  close(): void {
    this.isClosed = true
  }
}

describe('the notifications of a service', () => {
  let socket: FakeSocket
  let notifications: Notifications
  beforeEach(() => {
    socket = new FakeSocket()
    notifications = new Notifications(socket, 30_000, () => socket.time)
  })
  /** Lets time pass, reading as often as is requested, and then what a service has sent. */
  const pass = (ms: number, ...datagrams: string[]): string | null => {
    let failure: string | null = null
    for (let left = ms; left > 0 && failure === null; ) {
      const step = Math.min(left, notifications.pause)
      left -= step
      socket.time += step
      if (left === 0) socket.datagrams.push(...datagrams)
      failure = notifications.read()
    }
    return failure
  }

  it('name the socket and the interval of the watchdog to the service', () => {
    expect(notifications.environment).to.deep.equal({
      NOTIFY_SOCKET: '/run/ww/notify-x/socket',
      WATCHDOG_USEC: '30000000',
    })
  })

  it('are none at first', () => {
    expect(notifications.read()).to.equal(null)
    expect([notifications.isReady, notifications.isStopping, notifications.status]).to.deep.equal([
      ...[false, false, ''],
    ])
  })

  it('remember what was sent', () => {
    pass(10, 'READY=1', 'STATUS=serving')
    pass(1000, 'STOPPING=1', 'MAINPID=1')
    expect([notifications.isReady, notifications.isStopping, notifications.status]).to.deep.equal([
      ...[true, true, 'serving'],
    ])
    pass(10, 'STATUS=')
    expect(notifications.status).to.equal('')
  })

  it('need no watchdog before the first WATCHDOG=1', () => {
    expect(pass(10, 'READY=1')).to.equal(null)
    expect(pass(3_600_000)).to.equal(null)
  })

  it('fail when no other WATCHDOG=1 comes within the interval', () => {
    expect(pass(10, 'READY=1\nWATCHDOG=1')).to.equal(null)
    expect(pass(29_999)).to.equal(null)
    expect(pass(1)).to.equal('sent no WATCHDOG=1 for 30 s')
  })

  it('do not fail as long as one comes', () => {
    expect(pass(10, 'WATCHDOG=1')).to.equal(null)
    for (let count = 0; count < 5; count++) expect(pass(29_900, 'WATCHDOG=1')).to.equal(null)
  })

  it('take the interval that the service sends', () => {
    expect(pass(10, 'WATCHDOG=1')).to.equal(null)
    expect(pass(20_000, 'WATCHDOG_USEC=1500000')).to.equal(null)
    expect(pass(1490)).to.equal(null)
    expect(pass(10)).to.equal('sent no WATCHDOG=1 for 1.5 s')
  })

  it('do not begin a watchdog with its interval alone', () => {
    expect(pass(10, 'WATCHDOG_USEC=1500000')).to.equal(null)
    expect(pass(60_000)).to.equal(null)
  })

  it('fail at once, and for good, when the service requests it', () => {
    expect(pass(10, 'WATCHDOG=trigger')).to.equal('sent WATCHDOG=trigger')
    expect(pass(10, 'WATCHDOG=1')).to.equal('sent WATCHDOG=trigger')
  })

  it('do not fail when everything was paused', () => {
    expect(pass(10, 'WATCHDOG=1')).to.equal(null)
    socket.time += 3_600_000
    expect(notifications.read()).to.equal(null)
    expect(pass(29_000)).to.equal(null)
    expect(pass(2000)).to.equal('sent no WATCHDOG=1 for 30 s')
  })

  it('fail on a busy machine all the same, where every read is late', () => {
    expect(pass(10, 'WATCHDOG=1')).to.equal(null)
    let failure: string | null = null
    for (let count = 0; count < 31 && failure === null; count++) {
      socket.time += 1000
      failure = notifications.read()
    }
    expect(failure).to.equal('sent no WATCHDOG=1 for 30 s')
  })

  it('are read soon after one came, and twice a second otherwise', () => {
    pass(10_000)
    expect(notifications.pause).to.equal(500)
    pass(500, 'WATCHDOG=1')
    expect(notifications.pause).to.equal(20)
    pass(20)
    expect(notifications.pause).to.equal(40)
    socket.isMore = true
    pass(10_000)
    expect(notifications.pause).to.equal(20)
  })

  it('close the socket', () => {
    notifications.close()
    expect(socket.isClosed).to.equal(true)
  })

  describe('while the service starts', () => {
    const never = new AbortController().signal

    it('end with null at READY=1', async () => {
      socket.datagrams.push('READY=1')
      expect(await awaitNotified(notifications, never)).to.equal(null)
    })

    it('end with null also when READY=1 came with the end of the time', async () => {
      socket.datagrams.push('READY=1')
      expect(await awaitNotified(notifications, AbortSignal.abort())).to.equal(null)
    })

    it('end at the limit with why it is not ready, and with its status', async () => {
      expect(await awaitNotified(notifications, AbortSignal.abort())).to.equal('has not sent READY=1')
      socket.datagrams.push('STATUS=loading 3 of 7')
      expect(await awaitNotified(notifications, AbortSignal.abort())).to.equal(
        'has not sent READY=1 (status: loading 3 of 7)',
      )
    })

    it('end at the limit with its request to be restarted', async () => {
      socket.datagrams.push('WATCHDOG=trigger')
      expect(await awaitNotified(notifications, AbortSignal.abort())).to.equal('sent WATCHDOG=trigger')
    })

    it('are read until READY=1 comes', async () => {
      const ready = awaitNotified(notifications, never)
      setTimeout(() => socket.datagrams.push('READY=1'), 100)
      expect(await ready).to.equal(null)
    })
  })

  describe('of a service that is ready', () => {
    it('end with null when nobody waits any longer', async () => {
      const abort = new AbortController()
      const watched = watchNotified(notifications, abort.signal)
      setTimeout(() => abort.abort(), 50)
      expect(await watched).to.equal(null)
    })

    it('end with why it is no longer ready, and with its status', async () => {
      const watched = watchNotified(notifications, new AbortController().signal)
      setTimeout(() => socket.datagrams.push('STATUS=stuck\nWATCHDOG=trigger'), 50)
      expect(await watched).to.equal('sent WATCHDOG=trigger (status: stuck)')
    })
  })
})
