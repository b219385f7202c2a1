import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { getPriority, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { beginner } from '#beginner'
import type { BeginOptions, Begun } from '../../ww/processes/begin.ts'

/** What both versions promise; begin-bun.test.ts runs this with Bun. */
describe(`how ${process.versions.bun ? 'Bun' : 'Node.js'} begins a process`, () => {
  const { begin, beginWithInput } = beginner
  const quiet: BeginOptions = { stdout: 'ignore', stderr: 'ignore', env: process.env }
  const long = 'x'.repeat(200_000)
  let directory = ''
  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'ww-begin-')))
  })
  after(() => rmSync(directory, { recursive: true }))

  const sh = (script: string, options: Partial<BeginOptions> = {}): Begun =>
    begin('/bin/sh', ['-c', script], { ...quiet, ...options })
  const write = (name: string, text: string, mode = 0o755): string => {
    writeFileSync(join(directory, name), text, { mode })
    return join(directory, name)
  }
  const print = async (script: string, options: Partial<BeginOptions> = {}): Promise<string> => {
    const file = join(directory, 'printed')
    const stdout = openSync(file, 'w')
    const { ended } = sh(script, { ...options, stdout })
    closeSync(stdout)
    await ended
    return readFileSync(file, 'utf8')
  }

  it('reports the exit code', async () => {
    expect(await sh('exit 0').ended).to.deep.equal({ code: 0, signal: null })
    expect(await sh('exit 255').ended).to.deep.equal({ code: 255, signal: null })
  })

  it('reports the signal that ended it', async () => {
    for (const signal of ['TERM', 'KILL', 'HUP'])
      expect(await sh(`kill -${signal} $$`).ended).to.deep.equal({ code: null, signal: `SIG${signal}` })
  })

  it('reports the end of the process itself, whatever holds its output', async () => {
    const { pid, ended, output } = sh('sleep 3600 & exit 5', { stdout: 'pipe' })
    expect(await ended).to.deep.equal({ code: 5, signal: null })
    output?.destroy()
    process.kill(-Number(pid), 'SIGKILL')
  })

  it('makes it the leader of a session and a process group', async () => {
    const { pid, ended, output } = sh('cut -d" " -f1,5,6 /proc/$$/stat', { stdout: 'pipe' })
    const printed = Buffer.concat((await output?.toArray()) ?? []).toString()
    await ended
    expect(printed).to.equal(`${pid} ${pid} ${pid}\n`)
  })

  it('gives it the descriptor as its output, and no other', async () => {
    const other = openSync('/etc/passwd', 'r')
    const listed = await print('for f in /proc/self/fd/*; do readlink "$f"; done')
    closeSync(other)
    expect(listed).to.contain(join(directory, 'printed')).and.not.contain('/etc/passwd')
    expect(listed.split('\n')[0]).to.equal('/dev/null')
  })

  it('gives it the environment and nothing else', async () => {
    const env = { PATH: process.env.PATH, ONE: 'a b\nc', UNSET: undefined }
    expect(await print('echo "$ONE"; echo "${UNSET-unset} ${HOME-unset}"', { env })).to.equal(
      'a b\nc\nunset unset\n',
    )
  })

  it('starts it in the directory', async () => {
    expect(await print('pwd', { cwd: directory })).to.equal(`${directory}\n`)
  })

  it('finds a name in the PATH that it gets', async () => {
    write('only-here', '#!/bin/sh\nexit 7\n')
    const env = { PATH: directory }
    expect(await begin('only-here', [], { ...quiet, env }).ended).to.deep.equal({ code: 7, signal: null })
    expect(await begin('only-here', [], quiet).ended).to.deep.equal({ failure: 'ENOENT' })
  })

  it('runs it as another user', async function () {
    if (process.getuid?.() !== 0) this.skip()
    expect(await print('id -u; id -g', { uid: 65534, gid: 65533 })).to.equal('65534\n65533\n')
  })

  it('gives it no other group of ours as another user', async function () {
    if (process.getuid?.() !== 0 || !process.getgroups || !process.setgroups) this.skip()
    const own = process.getgroups()
    process.setgroups([0, 4, 24])
    try {
      expect(await print('id -G', { uid: 65534, gid: 65533 })).to.equal('65533\n')
    } finally {
      process.setgroups(own)
    }
  })

  it('starts it with the priority that this process has meanwhile', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const own = getPriority()
    setPriority(own + 2)
    const nice = print('cut -d" " -f19 /proc/$$/stat')
    setPriority(own)
    expect(await nice).to.equal(`${own + 2}\n`)
  })

  it('writes its errors to another descriptor', async () => {
    const file = join(directory, 'errors')
    const stderr = openSync(file, 'w')
    expect(await print('echo wrong >&2; echo right', { stderr })).to.equal('right\n')
    closeSync(stderr)
    expect(readFileSync(file, 'utf8')).to.equal('wrong\n')
  })

  it('gives it a directory that its own user could not enter', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const options = { uid: 65534, gid: 65534, cwd: '/root' }
    expect(await print('ls -di /proc/self/cwd/ | cut -d" " -f1', options)).to.equal(
      `${statSync('/root').ino}\n`,
    )
  })

  it('runs a file without a #! line with sh, its arguments as they are', async () => {
    const file = write('plain', 'test "$1" = "a b" && exit 6\n')
    expect(await begin(file, ['a b'], quiet).ended).to.deep.equal({ code: 6, signal: null })
  })

  it('blocks and ignores no signal for it', async () => {
    const status = await print('grep -E "Sig(Blk|Ign):" /proc/self/status')
    expect(status.match(/[0-9a-f]{16}/g)).to.deep.equal(['0000000000000000', '0000000000000000'])
  })

  for (const [what, failure, make] of [
    ['a file that does not exist', 'ENOENT', () => begin('/no/such/file', [], quiet)],
    ['a missing interpreter', 'ENOENT', () => begin(write('lost', '#!/no/such/sh\n'), [], quiet)],
    ['a file that is not executable', 'EACCES', () => begin(write('data', '#!/bin/sh\n', 0o644), [], quiet)],
    ['a directory', 'EACCES', () => begin(directory, [], quiet)],
    ['arguments that are too long', 'E2BIG', () => begin('/bin/true', [long], quiet)],
    ['a missing directory to start in', 'ENOENT', () => sh('true', { cwd: '/no/such/directory' })],
  ] as const)
    it(`returns ${failure} for ${what}, and never throws`, async () => {
      const { pid, ended } = make()
      expect(pid).to.equal(null)
      expect(await ended).to.deep.equal({ failure })
    })

  it('returns E2BIG beside input as well', async () => {
    const { pid, ended } = await beginWithInput('/bin/true', [long], { ...quiet, input: '{}' })
    expect(pid).to.equal(null)
    expect(await ended).to.deep.equal({ failure: 'E2BIG' })
  })

  for (const input of ['', 'word\n', 'ä'.repeat(500_000)])
    it(`gives it ${Buffer.byteLength(input)} bytes of input, and their end`, async () => {
      const script = `test "$(wc -c)" -eq ${Buffer.byteLength(input)}`
      const { ended } = await beginWithInput('/bin/sh', ['-c', script], { ...quiet, input })
      expect(await ended).to.deep.equal({ code: 0, signal: null })
    })

  it('lets it leave its input unread', async () => {
    const { ended } = await beginWithInput('/bin/sh', ['-c', 'exit 4'], { ...quiet, input: long.repeat(10) })
    expect(await ended).to.deep.equal({ code: 4, signal: null })
  })

  it('does not wait for what it leaves behind with its input open', async () => {
    const options = { ...quiet, input: long.repeat(10) }
    const { pid, ended } = await beginWithInput('/bin/sh', ['-c', 'sleep 3600 <&0 & exit 5'], options)
    expect(await ended).to.deep.equal({ code: 5, signal: null })
    process.kill(-Number(pid), 'SIGKILL')
  })

  it('begins many at once', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, (_, code) => sh(`exit ${code}`).ended))
    expect(all).to.deep.equal(Array.from({ length: 50 }, (_, code) => ({ code, signal: null })))
  })
})
