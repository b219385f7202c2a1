import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { isRoot } from '../helpers/as-user.ts'
import { findAddon } from '../helpers/notify-addon.ts'
import { builtTree, programWords } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

const fixture = resolve(import.meta.dirname, '../fixtures/receives-notices.ts')

/** The shipped executable can run a script, through the loader and without a compiler, as an instance runs. */
const words: readonly string[] = builtTree ? programWords('run', fixture) : [process.execPath, fixture]
const env = { PATH: process.env.PATH, ...(builtTree ? { BUN_BE_BUN: '1', BUN_JSC_useJIT: '0' } : {}) }

/** sd_notify in ten lines. */
const client = `
use Socket;
my $path = $ENV{NOTIFY_SOCKET} or exit 0;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
connect($socket, sockaddr_un($path)) or die "connect: $!";
for my $text (@ARGV) {
  $text =~ s/\\\\n/\\n/g;
  defined(send($socket, $text, 0)) or die "send: $!";
}
`

describe(`a notify socket of ${builtTree ? 'the shipped program' : 'the sources'}`, () => {
  let addon: string
  let directory: string
  let receiver: ChildProcess
  let printed: string
  before(async () => {
    addon = await findAddon()
  })
  beforeEach(() => {
    directory = mkdtempSync('/tmp/ww-notify-')
    chmodSync(directory, 0o1777)
  })
  afterEach(() => {
    receiver.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })

  const start = async (user: { uid?: number; gid?: number } = {}): Promise<string> => {
    const [file = '', ...args] = words
    printed = ''
    receiver = spawn(file, [...args, directory, addon], {
      env,
      cwd: '/',
      stdio: ['ignore', 'pipe', 'inherit'],
      ...user,
    })
    receiver.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text
    })
    await until(
      () => printed.includes('\n') || receiver.exitCode !== null,
      () => printed,
    )
    return printed.slice(0, printed.indexOf('\n'))
  }
  const notify = (path: string, texts: readonly string[], user: { uid?: number; gid?: number } = {}) =>
    spawnSync('perl', ['-e', client, '--', ...texts], {
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: path },
      encoding: 'utf8',
      ...user,
    })
  const ends = async (): Promise<void> => {
    await until(
      () => receiver.exitCode !== null,
      () => printed,
    )
    expect(receiver.exitCode).to.equal(0)
  }

  it('receives what a service of ten lines sends, and is removed at the end', async () => {
    const path = await start()
    expect(notify(path, ['STATUS=loading', 'READY=1\\nSTATUS=serving']).stderr).to.equal('')
    await until(
      () => printed.includes('"isReady":true') && printed.includes('"status":"serving"'),
      () => printed,
    )
    notify(path, ['STOPPING=1'])
    await ends()
    expect(readdirSync(directory)).to.deep.equal([])
  })

  it('receives from systemd-notify', async function () {
    if (spawnSync('systemd-notify', ['--version']).error) this.skip()
    const path = await start()
    const { status, stderr } = spawnSync('systemd-notify', ['--ready', '--status=up'], {
      env: { PATH: process.env.PATH, NOTIFY_SOCKET: path },
      encoding: 'utf8',
    })
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
    await until(
      () => printed.includes('"isReady":true') && printed.includes('"status":"up"'),
      () => printed,
    )
  })

  it('works for a user who is not root, and nobody else can send to it', async function () {
    if (!isRoot) this.skip()
    const [user, other] = [
      { uid: 65_534, gid: 65_534 },
      { uid: 65_533, gid: 65_533 },
    ]
    const path = await start(user)
    expect(notify(path, ['READY=1'], other).stderr).to.contain('connect: Permission denied')
    expect(notify(path, ['STATUS=mine'], user).stderr).to.equal('')
    await until(
      () => printed.includes('"status":"mine"'),
      () => printed,
    )
    expect(printed).to.not.contain('"isReady":true')
  })

  it('survives a flood, and what comes after it is received', async () => {
    const path = await start()
    const flood = spawn(
      'perl',
      ['-e', `${client} for (;;) { send($socket, "x" x 60000, 0); send($socket, "\\0\\xff=\\n" x 900, 0) }`],
      {
        env: { PATH: process.env.PATH, NOTIFY_SOCKET: path },
        stdio: 'ignore',
      },
    )
    try {
      expect(notify(path, ['READY=1']).stderr).to.equal('')
      await until(
        () => printed.includes('"isReady":true'),
        () => printed,
      )
    } finally {
      flood.kill('SIGKILL')
    }
    expect(notify(path, ['STOPPING=1']).stderr).to.equal('')
    await ends()
  })
})
