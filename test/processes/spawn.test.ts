import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { spawn, spawnWithInput, toProcessEnd } from '../../ww/processes/spawn.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'

describe('spawn', () => {
  const quiet = { stdout: 'ignore', stderr: 'ignore', env: process.env } as const
  const tooLong = 'x'.repeat(200_000)

  it('returns how a process ended: its exit code, or the signal', async () => {
    const exited = await spawn('/bin/sh', ['-c', 'exit 3'], quiet).ended
    expect(exited).to.deep.equal({ kind: 'exited', code: 3 })
    const killed = await spawn('/bin/sh', ['-c', 'kill -TERM $$'], quiet).ended
    expect(killed).to.deep.equal({ kind: 'killed', signal: 'SIGTERM', outOfMemory: false })
  })

  it('begins a session and a process group, whose number is the pid', async () => {
    const { pid, ended, output } = spawn('/bin/sh', ['-c', 'cut -d" " -f5,6 /proc/$$/stat'], {
      ...quiet,
      stdout: 'pipe',
    })
    const printed = await output?.toArray()
    await ended
    expect(Buffer.concat(printed ?? []).toString()).to.equal(`${pid} ${pid}\n`)
  })

  it('returns no output unless it is to be read here', async () => {
    const child = spawn('/bin/true', [], quiet)
    expect(child).to.have.all.keys('pid', 'ended')
    await child.ended
  })

  it('returns why a process could not be started, and what to do, and never throws', async () => {
    const absent = spawn('/there/is/no/such', [], quiet)
    expect(absent.pid).to.equal(null)
    expect(await absent.ended).to.deep.equal({
      kind: 'unrunnable',
      reason:
        '/there/is/no/such: a file that it needs to run (its interpreter or dynamic loader) does not exist; add it to the image',
    })
    const reason = '/bin/true: its arguments and environment are too long; pass less'
    expect(await spawn('/bin/true', [tooLong], quiet).ended).to.deep.equal({ kind: 'unrunnable', reason })
    const fed = await spawnWithInput('/bin/true', [tooLong], { ...quiet, input: '' })
    expect(fed.pid).to.equal(null)
    expect(await fed.ended).to.deep.equal({ kind: 'unrunnable', reason })
  })

  it('returns what is wrong with a file that is not executable, or has an impossible path', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-spawn-'))
    writeFileSync(`${directory}/text`, 'echo 1\n', { mode: 0o644 })
    const reasons: unknown[] = []
    for (const file of [`${directory}/text`, `${directory}/text/x`]) {
      for (const begun of [spawn(file, [], quiet), await spawnWithInput(file, [], { ...quiet, input: '' })]) {
        const end = await begun.ended
        reasons.push(begun.pid ?? (end.kind === 'unrunnable' && end.reason.replace(directory, '')))
      }
    }
    rmSync(directory, { recursive: true })
    const denied = '/text: permission denied; make it executable for the user that the instance runs as'
    const impossible = '/text/x: it could not be started (ENOTDIR)'
    expect(reasons).to.deep.equal([denied, denied, impossible, impossible])
  })

  it('returns what is short when no process can be begun, which may be temporary', function () {
    // it needs to become another user, since root has no limit of processes
    needsRoot(this)
    const module = resolve(import.meta.dirname, '../../ww/processes/spawn.ts')
    const reasonAt = (limit: string, code: string): unknown => {
      const script = `const { openSync } = await import('node:fs')
        const { spawn } = await import('${module}')
        ${code}
        console.log(JSON.stringify(await spawn('/bin/true', [], { stdout: 'ignore', env: {} }).ended))`
      const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e', script]
      const limited = spawnSync('/bin/bash', ['-c', `ulimit ${limit} && exec "$@"`, 'bash', ...node], {
        encoding: 'utf8',
      })
      return JSON.parse(limited.stdout)
    }
    const unrunnable = { kind: 'unrunnable', temporary: true }
    expect(reasonAt('-n 100', "try { for (;;) openSync('/dev/null') } catch {}")).to.deep.equal({
      ...unrunnable,
      reason: '/bin/true: too many open files; raise the limit of open files',
    })
    expect(reasonAt('-u 1', 'process.setgid(65534); process.setuid(65534)')).to.deep.equal({
      ...unrunnable,
      reason: '/bin/true: too many processes; raise the process limit of the container',
    })
  })

  it('begins a session for a process with input, too, with no variable but those that it is given', async () => {
    const script = 'cut -d" " -f5,6 /proc/$$/stat; env | grep -c PARENT; echo "$MINE"'
    process.env.PARENT_ONLY = '1'
    const options = {
      stdout: 'pipe',
      stderr: 'ignore',
      env: { PATH: process.env.PATH, MINE: 'yes' },
    } as const
    const { pid, ended, output } = await spawnWithInput('/bin/sh', ['-c', script], { ...options, input: 'x' })
    const printed = await output?.toArray()
    await ended
    delete process.env.PARENT_ONLY
    expect(Buffer.concat(printed ?? []).toString()).to.equal(`${pid} ${pid}\n0\nyes\n`)
  })

  it('gives a process input, which it may leave unread', async () => {
    const reads = await spawnWithInput('/bin/sh', ['-c', 'read -r a && test "$a" = word'], {
      ...quiet,
      input: 'word\n',
    })
    expect(await reads.ended).to.deep.equal({ kind: 'exited', code: 0 })
    const options = { ...quiet, input: tooLong.repeat(10) }
    const ignores = await spawnWithInput('/bin/sh', ['-c', 'exit 4'], options)
    expect(await ignores.ended).to.deep.equal({ kind: 'exited', code: 4 })
  })

  it('does not wait for a daemon that holds the input open', async () => {
    const options = { ...quiet, input: tooLong.repeat(10) }
    const child = await spawnWithInput('/bin/sh', ['-c', 'sleep 3600 <&0 & echo; exit 5'], options)
    expect(await child.ended).to.deep.equal({ kind: 'exited', code: 5 })
    process.kill(-Number(child.pid), 'SIGKILL')
  })
})

describe('a process of another user', () => {
  const reasonOf = async (file: string, uid: number): Promise<string> => {
    const end = await spawn(file, [], { stdout: 'ignore', env: {}, uid, gid: uid }).ended
    return end.kind === 'unrunnable' ? end.reason : JSON.stringify(end)
  }

  it('cannot be started where that user may not', async function () {
    needsRoot(this)
    const directory = mkdtempSync('/tmp/ww-spawn-')
    copyFileSync('/bin/true', `${directory}/true`)
    expect(await reasonOf(`${directory}/true`, 61234)).to.equal(
      `${directory}/true: permission denied; make it and its directory accessible to user 61234`,
    )
    rmSync(directory, { recursive: true })
  })

  it('cannot be started without the capabilities for it', function () {
    needsRoot(this)
    const room = new URL('../../ww/processes/spawn.ts', import.meta.url).pathname
    const code = `const { spawn } = await import('${room}')
      return (await spawn('/bin/true', [], { stdout: 'ignore', env: {}, uid: 1, gid: 1 }).ended).reason`
    expect(runAs(61234, code)).to.equal(
      '/bin/true: running it as user 1 is not permitted; give the container the capabilities SETUID and SETGID',
    )
  })
})

describe('toProcessEnd', () => {
  it('counts SIGKILL as out of memory only when the kernel has killed something meanwhile', () => {
    const outOfMemory = (signal: string, before: number | null, after: number | null): unknown => {
      const end = toProcessEnd(null, signal, { before, after })
      return end.kind === 'killed' && end.outOfMemory
    }
    expect(outOfMemory('SIGKILL', 0, 1)).to.equal(true)
    expect(outOfMemory('SIGKILL', 1, 1)).to.equal(false)
    expect(outOfMemory('SIGTERM', 0, 1)).to.equal(false)
    expect(outOfMemory('SIGKILL', null, 1)).to.equal(false)
    expect(outOfMemory('SIGKILL', 0, null)).to.equal(false)
    expect(outOfMemory('SIGKILL', 2, 1)).to.equal(false)
  })

  it('is the exit code of what no signal has killed', () => {
    const oomKills = { before: 0, after: 1 }
    expect(toProcessEnd(4, null, oomKills)).to.deep.equal({ kind: 'exited', code: 4 })
    expect(toProcessEnd(0, null, oomKills)).to.deep.equal({ kind: 'exited', code: 0 })
  })
})
