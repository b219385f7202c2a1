import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { requestInstance } from '../../ww/instance/control-client.ts'
import type { ControlReply, ControlRequest } from '../../ww/instance/control-message.ts'
import { type ControlServer, serveControl } from '../../ww/instance/socket.ts'

describe('the control socket', () => {
  let root = ''
  let server: ControlServer | null = null
  let warnings: string[] = []
  const serve = async (run: string, reply: ControlReply = { ok: true, message: 'done' }) => {
    const requests: ControlRequest[] = []
    const respond = async (request: ControlRequest): Promise<ControlReply> => {
      requests.push(request)
      return reply
    }
    server = await serveControl(run, respond, (line) => warnings.push(line))
    return requests
  }
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-socket-'))
    warnings = []
  })
  afterEach(() => {
    server?.close()
    server = null
    rmSync(root, { recursive: true, force: true })
  })
  /** Sends bytes as a client of another kind would, and returns what comes until the end. */
  const send = (...chunks: string[]) =>
    new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(join(root, 'control.sock'), () => {
        for (const chunk of chunks) socket.write(chunk)
      })
      socket.on('error', () => {})
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      socket.once('close', () => resolve(text))
    })

  it('carries a request and its reply', async () => {
    const requests = await serve(root, { ok: false, message: 'no', output: 'x', limitMs: 5 })
    expect(await requestInstance(root, { command: 'monitor', wait: false })).to.deep.equal({
      ...{ ok: false, message: 'no', output: 'x', limitMs: 5 },
    })
    expect(requests).to.deep.equal([{ command: 'monitor', wait: false }])
  })

  it('carries a reply of megabytes', async () => {
    const output = 'ž'.repeat(2 * 1024 * 1024)
    await serve(root, { ok: true, message: '', output })
    expect(await requestInstance(root, { command: 'monitor' })).to.include({ output })
  })

  it('is its user’s alone', async () => {
    await serve(root)
    expect(statSync(join(root, 'control.sock')).mode & 0o777).to.equal(0o600)
  })

  it('replaces that of an earlier boot, and is removed at the end', async () => {
    writeFileSync(join(root, 'control.sock'), 'old')
    await serve(root)
    expect(await requestInstance(root, { command: 'stop' })).to.include({ ok: true })
    server?.close()
    expect(existsSync(join(root, 'control.sock'))).to.equal(false)
    server = null
  })

  it('works where the path is longer than a socket’s may be', async () => {
    const run = join(root, 'd'.repeat(120))
    mkdirSync(run)
    await serve(run)
    expect(warnings).to.deep.equal([])
    expect(await requestInstance(run, { command: 'stop' })).to.include({ ok: true })
    server?.close()
    expect(existsSync(join(run, 'control.sock'))).to.equal(false)
    server = null
  })

  it('has the longest path that a socket’s may be', async () => {
    for (const length of [107, 108]) {
      const run = `${root}/${'d'.repeat(length - root.length - 1 - '/control.sock'.length)}`
      mkdirSync(run)
      await serve(run)
      expect(await requestInstance(run, { command: 'stop' }), String(length)).to.include({ ok: true })
      server?.close()
    }
  })

  it('that cannot be opened is one warning', async () => {
    await serve(join(root, 'none'))
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(
      /^cannot listen on .*\/none\/control\.sock: .*; ww restart, stop and monitor do not work$/,
    )
    const long = join(root, 'd'.repeat(120))
    warnings = []
    await serve(long)
    expect(warnings).to.deep.equal([
      `cannot listen on ${long}/control.sock: path is longer than 107 bytes; ww restart, stop and monitor do not work`,
    ])
  })

  it('that cannot replace what is there is a warning, too', async () => {
    mkdirSync(join(root, 'control.sock'))
    await serve(root)
    expect(warnings).to.have.length(1)
  })

  it('takes a request in pieces, and one only', async () => {
    const requests = await serve(root)
    const text = await send('{"comm', 'and":"restart"}', '\n{"command":"stop"}\n')
    expect(text).to.equal('{"ok":true,"message":"done"}\n')
    expect(requests).to.deep.equal([{ command: 'restart', wait: true }])
  })

  it('refuses what is no request', async () => {
    const requests = await serve(root)
    for (const line of ['null', '{', '[]', '{"command":"explode"}', '{"command":["stop"]}', '']) {
      expect(JSON.parse(await send(`${line}\n`)), line).to.deep.equal({
        ok: false,
        message: 'the request is not one of this version',
      })
    }
    expect(requests).to.deep.equal([])
  })

  it('drops a client whose line does not end', async () => {
    await serve(root)
    expect(await send('x'.repeat(64 * 1024 + 1))).to.equal('')
    expect(await send(`${'x'.repeat(64 * 1024 + 1)}\n`)).to.equal('')
  })

  it('outlives clients that go away', async () => {
    await serve(root, { ok: true, message: 'x'.repeat(1024 * 1024) })
    for (let i = 0; i < 5; i++) {
      const socket = connect(join(root, 'control.sock'), () => {
        socket.write('{"command":"stop"}\n')
        socket.destroy()
      })
    }
    expect(await requestInstance(root, { command: 'stop' })).to.include({ ok: true })
  })

  it('that nobody serves is absent', async () => {
    expect(await requestInstance(root, { command: 'stop' })).to.deep.equal({
      failure: 'absent',
      reason: 'no such file',
    })
  })

  for (const [reply, failure] of [
    ['not JSON', 'unreadable'],
    ['null', 'unreadable'],
    ['{"ok":1,"message":""}', 'unreadable'],
    ['', 'absent'],
  ] as const) {
    it(`that replies with ${reply || 'nothing'} is ${failure}`, async () => {
      const path = join(root, 'control.sock')
      const last = JSON.stringify(reply && `${reply}\n`)
      const script = `require('net').createServer(s=>s.once('data',()=>s.end(${last}))).listen(${JSON.stringify(path)},()=>console.log('ready'))`
      const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
      await new Promise((ready) => child.stdout.once('data', ready))
      expect(await requestInstance(root, { command: 'stop' })).to.include({ failure })
      child.kill('SIGKILL')
    })
  }
})
