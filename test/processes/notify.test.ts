import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Account } from '../../ww/processes/account.ts'
import { emptyNotice, type Notice } from '../../ww/processes/notice.ts'
import { type NotifySocket, openNotifySocket } from '../../ww/processes/notify.ts'
import { removeStaleSockets } from '../../ww/processes/notify-directory.ts'
import { isRoot, needsRoot } from '../helpers/as-user.ts'
import { findAddon } from '../helpers/notify-addon.ts'
import { until } from '../helpers/until.ts'

/** A client as a service has one: it sends each of its arguments, or what the code sends. */
const send = (path: string, code: string, as: { uid?: number; gid?: number } = {}) =>
  spawnSync(
    'perl',
    [
      '-e',
      `use Socket; socket($s, AF_UNIX, SOCK_DGRAM, 0); connect($s, sockaddr_un(shift)) or exit $!; ${code}`,
      path,
    ],
    { encoding: 'utf8', ...as },
  )
const say = (path: string, ...texts: string[]) =>
  send(path, texts.map((text) => `send($s, "${text}", 0) // exit $!;`).join(' '))

describe(`a notify socket in ${process.versions.bun ? 'Bun' : 'Node.js'}`, () => {
  let addon: string
  let directory: string
  let opened: NotifySocket[]
  before(async () => {
    addon = await findAddon()
  })
  beforeEach(() => {
    opened = []
    directory = mkdtempSync('/tmp/ww-notify-')
  })
  afterEach(() => {
    for (const socket of opened) socket.close()
    rmSync(directory, { recursive: true })
  })

  const open = (parent = directory, owner: Account | null = null): NotifySocket => {
    const socket = openNotifySocket(parent, owner, addon)
    if ('failure' in socket) throw new Error(socket.failure)
    opened.push(socket)
    return socket
  }
  const notice = (more: Partial<Notice>): Notice => ({ ...emptyNotice, ...more })

  it('is in a private directory', () => {
    const { path } = open()
    expect(path).to.match(new RegExp(`^${directory}/notify-[^/]+/socket$`))
    expect(statSync(join(path, '..')).mode & 0o777).to.equal(0o700)
    expect(statSync(path).mode & 0o777).to.equal(0o600)
  })

  it('receives nothing when nothing was sent, without waiting', () => {
    expect(open().receive()).to.deep.equal(emptyNotice)
  })

  it('receives what was sent since the last time', () => {
    const socket = open()
    say(socket.path, 'READY=1\\nSTATUS=serving 3', 'WATCHDOG=1', 'MAINPID=1')
    expect(socket.receive()).to.deep.equal(notice({ isReady: true, status: 'serving 3', isAlive: true }))
    expect(socket.receive()).to.deep.equal(emptyNotice)
  })

  it('receives from systemd-notify, which waits until it was received', async function () {
    if (spawnSync('systemd-notify', ['--version']).error) this.skip()
    const socket = open()
    const client = spawn('systemd-notify', ['--ready', '--status=from systemd'], {
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: socket.path },
    })
    let ended: number | null = null
    client.once('exit', (code) => {
      ended = code
    })
    let seen = emptyNotice
    await until(() => {
      const { isReady, status } = socket.receive()
      seen = notice({ isReady: seen.isReady || isReady, status: status ?? seen.status })
      return ended !== null
    })
    expect(ended).to.equal(0)
    expect(seen).to.deep.equal(notice({ isReady: true, status: 'from systemd' }))
  })

  it('ignores a datagram that is longer than 4096 bytes, binary or empty', () => {
    const socket = open()
    const long = (size: number): string => `send($s, "READY=1\\n" . "x" x ${size - 8}, 0) // exit $!;`
    expect(send(socket.path, long(4097)).status).to.equal(0)
    expect(send(socket.path, long(65_536)).status).to.equal(0)
    say(socket.path, '', '\\0\\xff\\xfe=\\x80\\n=1', 'READY=\\0')
    expect(socket.receive()).to.deep.equal(emptyNotice)
    expect(send(socket.path, long(4096)).status).to.equal(0)
    expect(socket.receive()).to.deep.equal(notice({ isReady: true }))
  })

  it('closes descriptors that are sent with a datagram', async function () {
    if (spawnSync('python3', ['-c', 'import socket; socket.send_fds']).status !== 0) this.skip()
    const socket = open()
    const python = `import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect(sys.argv[1]); r, w = os.pipe()
socket.send_fds(s, [b"BARRIER=1"], [w]); os.close(w); sys.exit(len(os.read(r, 1)))`
    const client = spawn('python3', ['-c', python, socket.path])
    const ended = new Promise((done) => client.once('exit', done))
    let isOver = false
    void ended.then(() => {
      isOver = true
    })
    await until(() => {
      socket.receive()
      return isOver
    })
    expect(await ended).to.equal(0)
  })

  it('reads a bounded number of datagrams at a time, however many are sent', async () => {
    const socket = open()
    const flood = spawn('perl', [
      '-e',
      'use Socket; socket($s, AF_UNIX, SOCK_DGRAM, 0); connect($s, sockaddr_un(shift)); for (;;) { send($s, "STATUS=" . $n++, 0) }',
      socket.path,
    ])
    try {
      let longest = 0
      let reads = 0
      await until(() => {
        const began = process.cpuUsage()
        if (socket.receive().status !== null) reads += 1
        const { user, system } = process.cpuUsage(began)
        longest = Math.max(longest, user + system)
        return reads === 200
      })
      // 32 datagrams; the CPU time, since the machine may be busy
      expect(longest / 1000).to.be.lessThan(50)
    } finally {
      flood.kill('SIGKILL')
    }
  })

  it('is removed when it is closed, and receives nothing from then on', () => {
    const socket = open()
    say(socket.path, 'READY=1')
    socket.close()
    expect(readdirSync(directory)).to.deep.equal([])
    expect(socket.receive()).to.deep.equal(emptyNotice)
    socket.close()
  })

  it('leaves no descriptor open', () => {
    const count = (): number => readdirSync('/proc/self/fd').length
    open().close()
    const before = count()
    for (let round = 0; round < 20; round++) open().close()
    expect(count()).to.equal(before)
  })

  it('is in a directory with a short path where the given one is too long', () => {
    const long = join(directory, 'x'.repeat(100))
    mkdirSync(long)
    const socket = open(long)
    expect(socket.path).to.match(/^\/(dev\/shm|tmp)\/notify-[^/]+\/socket$/)
    expect(say(socket.path, 'READY=1').status).to.equal(0)
    expect(socket.receive().isReady).to.equal(true)
    socket.close()
    expect(existsSync(join(socket.path, '..'))).to.equal(false)
  })

  it('has a path of up to 107 bytes', () => {
    const parentOf = (length: number): string => {
      const parent = join(
        directory,
        'x'.repeat(length - '/notify-123456/socket'.length - directory.length - 1),
      )
      mkdirSync(parent)
      return parent
    }
    const longest = open(parentOf(107))
    expect([longest.path.length, longest.path.startsWith(directory)]).to.deep.equal([107, true])
    expect(say(longest.path, 'READY=1').status).to.equal(0)
    expect(longest.receive().isReady).to.equal(true)
    expect(open(parentOf(108)).path.startsWith(directory)).to.equal(false)
  })

  it('is not where others could replace it', () => {
    chmodSync(directory, 0o777)
    expect(open().path).to.not.contain(directory)
    chmodSync(directory, 0o1777)
    expect(open().path).to.contain(directory)
  })

  describe('of another user', () => {
    const owner = { uid: 65_534, gid: 65_534 }
    const other = { uid: 65_533, gid: 65_533 }
    before(function () {
      needsRoot(this)
    })
    beforeEach(() => chmodSync(directory, 0o755))

    it('receives from that user', () => {
      const socket = open(directory, owner)
      expect(send(socket.path, 'send($s, "READY=1", 0) // exit $!;', owner).status).to.equal(0)
      expect(socket.receive().isReady).to.equal(true)
      const { uid, gid, mode } = statSync(socket.path)
      expect({ uid, gid, mode: mode & 0o777 }).to.deep.equal({ ...owner, mode: 0o600 })
    })

    it('receives from nobody else', () => {
      for (const socket of [open(directory, owner), open()]) {
        expect(send(socket.path, 'send($s, "READY=1", 0) // exit $!;', other).status).to.equal(13)
        expect(socket.receive()).to.deep.equal(emptyNotice)
      }
    })

    it('is in another directory where that user cannot get to the given one', () => {
      chmodSync(directory, 0o700)
      const socket = open(directory, owner)
      expect(socket.path).to.match(/^\/(dev\/shm|tmp)\//)
      expect(send(socket.path, 'send($s, "READY=1", 0) // exit $!;', owner).status).to.equal(0)
      expect(socket.receive().isReady).to.equal(true)
    })

    it('is in another directory where the given one is that user’s, who could replace it', () => {
      chownSync(directory, owner.uid, owner.gid)
      expect(open(directory, owner).path).to.match(/^\/(dev\/shm|tmp)\//)
    })

    it('cannot be replaced by that user', () => {
      const socket = open(directory, owner)
      const place = join(socket.path, '..')
      const { status } = spawnSync('sh', ['-c', 'cd "$1" && rm -f socket', '-', place], owner)
      expect(status).to.equal(1)
      expect(spawnSync('touch', [join(place, 'other')], owner).status).to.equal(1)
      expect(statSync(place).uid).to.equal(0)
      socket.close()
      expect(existsSync(place)).to.equal(false)
    })
  })

  it('that an earlier boot has left is removed, and nothing else', () => {
    const { path } = open()
    for (const name of ['notify-x', 'notify-1234567', 'cfg.json']) writeFileSync(join(directory, name), '')
    removeStaleSockets(directory)
    expect(existsSync(path)).to.equal(false)
    expect(readdirSync(directory)).to.have.members(['notify-x', 'notify-1234567', 'cfg.json'])
    removeStaleSockets('/nonexistent')
  })

  it('cannot be opened without the addon, and the reason says so', () => {
    const missing = openNotifySocket(directory, null, join(directory, 'absent.node'))
    expect('failure' in missing && missing.failure).to.match(
      /^cannot open a notify socket: cannot load \S+\/absent\.node: /,
    )
    writeFileSync(join(directory, 'text.node'), 'no library')
    expect('failure' in openNotifySocket(directory, null, join(directory, 'text.node'))).to.equal(true)
    expect(openNotifySocket(directory, null, null)).to.deep.equal({
      failure: 'cannot open a notify socket: the tree of whaleware is incomplete',
    })
    expect(readdirSync(directory)).to.deep.equal(['text.node'])
  })

  it('is opened elsewhere when the directory does not exist', function () {
    if (!isRoot) this.skip()
    expect(open('/nonexistent/directory').path).to.match(/^\/(dev\/shm|tmp)\//)
  })
})
