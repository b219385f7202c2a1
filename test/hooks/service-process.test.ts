import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import type { ServiceSettings } from '../../ww/config/services-kind.ts'
import { type ServiceRunner, startService } from '../../ww/hooks/service.ts'
import { findDirectoryProblem } from '../../ww/hooks/service-process.ts'
import type { ProcessEnd } from '../../ww/lifecycle/hook.ts'
import { findUser } from '../../ww/processes/account.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { mayRaisePriority } from '../../ww/processes/priority.ts'
import { isRoot, needsRoot, runAs } from '../helpers/as-user.ts'
import { openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

const standard: ServiceSettings = {
  essential: false,
  user: null,
  cwd: null,
  env: {},
  signal: 'SIGTERM',
  after: [],
  ready: null,
  uses: [],
  onExit: 'restart',
  nice: 0,
}
const call = { state: 'WARMUP', previous: null } as const

describe('a service with settings', () => {
  let directory = ''
  let warnings: string[] = []
  beforeEach(() => {
    directory = mkdtempSync('/tmp/ww-service-')
    chmodSync(directory, 0o777)
    warnings = []
  })
  afterEach(() => rmSync(directory, { recursive: true }))
  const runnerOf = (more: Partial<ServiceRunner> = {}): ServiceRunner => ({
    hooks: directory,
    environment: () => ({
      PATH: process.env.PATH,
      HOME: '/of/the/container',
      WW_RUN: '/run/ww',
      KEPT: 'yes',
    }),
    warn: (line) => void warnings.push(line),
    ...more,
  })
  const write = (script: string, name = 'serve-x'): void =>
    writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  /** What the service prints into a file, by the end of it. */
  const run = async (
    script: string,
    settings: Partial<ServiceSettings>,
    more: Partial<ServiceRunner> = {},
  ): Promise<{ printed: string; end: ProcessEnd; pid: number | null }> => {
    const file = join(directory, 'printed')
    writeFileSync(file, '')
    chmodSync(file, 0o666)
    write(`exec > ${file}; ${script}`)
    const { pid, ended } = startService(runnerOf(more), 'serve-x', call, { ...standard, ...settings })
    const end = await ended
    return { printed: readFileSync(file, 'utf8'), end, pid }
  }
  const unrunnable = (reason: string): ProcessEnd => ({ kind: 'unrunnable', reason })
  const nice = 'cut -d" " -f19 /proc/$$/stat'

  it('has its variables over those of hooks', async () => {
    const script = 'echo "$KEPT $HOME $A $WW_RUN"'
    const { printed } = await run(script, { env: { HOME: '/own', A: 'a b' } })
    expect(printed).to.equal('yes /own a b /run/ww\n')
  })

  it('has what is prepared for it, and its own over that', async () => {
    const prepared: unknown[] = []
    const prepare = (...given: unknown[]) => {
      prepared.push(given)
      return { A: '1', B: '2' }
    }
    expect((await run('echo "$A $B"', { env: { B: '3' } }, { prepare })).printed).to.equal('1 3\n')
    expect(prepared).to.deep.equal([['serve-x', null]])
  })

  it('writes to its own output', async () => {
    const { openSync, closeSync } = await import('node:fs')
    const out = openSync(join(directory, 'out'), 'w')
    const error = openSync(join(directory, 'error'), 'w')
    write('echo right; echo wrong >&2')
    const output = (name: string) => ({ stdout: name === 'serve-x' ? out : error, stderr: error })
    await startService(runnerOf({ output }), 'serve-x', call, standard).ended
    closeSync(out)
    closeSync(error)
    expect(readFileSync(join(directory, 'out'), 'utf8')).to.equal('right\n')
    expect(readFileSync(join(directory, 'error'), 'utf8')).to.equal('wrong\n')
  })

  it('may open its output by name as another user', async function () {
    needsRoot(this)
    const script = fileURLToPath(new URL('../../ww/hooks/service.ts', import.meta.url))
    write('echo right > /dev/stdout; echo wrong > /dev/stderr')
    const code = `import { startService } from '${script}'
      const runner = { hooks: '${directory}', warn: console.log, environment: () => ({ PATH: process.env.PATH }) }
      const settings = ${JSON.stringify({ ...standard, user: '61234' })}
      const { ended } = startService(runner, 'serve-x', ${JSON.stringify(call)}, settings)
      process.exitCode = (await ended).code`
    // through cat, since Node.js makes sockets, which nobody can open
    const words = ['--import', 'tsx', '--input-type=module', '-e', code]
    const piped = [
      '-c',
      'p=$1; shift; { "$p" "$@" 2>&1; echo "exit $?"; } | cat',
      'sh',
      process.execPath,
      ...words,
    ]
    const { stdout } = spawnSync('/bin/sh', piped, { encoding: 'utf8' })
    expect(stdout).to.equal('right\nwrong\nexit 0\n')
  })

  it('starts in its directory, and not at all where that is missing', async () => {
    mkdirSync(join(directory, 'in'))
    expect((await run('pwd', { cwd: `${directory}/in` })).printed).to.equal(`${directory}/in\n`)
    const { printed, end, pid } = await run('pwd', { cwd: `${directory}/none` })
    const fix = 'create it in the image, or correct ww.services.serve-x.cwd'
    expect({ printed, end, pid }).to.deep.equal({
      printed: '',
      end: unrunnable(`${directory}/none does not exist; ${fix}`),
      pid: null,
    })
    const file = (await run('pwd', { cwd: `${directory}/serve-x` })).end
    expect(file).to.deep.equal(unrunnable(`${directory}/serve-x is not a directory; ${fix}`))
  })

  it('has a lower priority, relative to that of the instance', async () => {
    const { printed } = await run(nice, { nice: 4 })
    expect(printed).to.equal(`${getPriority() + 4}\n`)
    expect(warnings).to.deep.equal([])
  })

  it('has a higher priority, where that is permitted', async function () {
    if (!isRoot || !mayRaisePriority(1)) this.skip()
    const { printed } = await run(nice, { nice: -3, user: '65534' })
    expect(printed).to.equal(`${getPriority() - 3}\n`)
    expect(getPriority()).to.equal(Number(printed) + 3)
  })

  it('cannot run as a user that does not exist', async () => {
    expect((await run('true', { user: 'no-such-user' })).end).to.deep.equal(
      unrunnable('there is no user no-such-user; add it to the image, or correct ww.services.serve-x.user'),
    )
  })

  it('runs as its user: with its groups, its home and its name, as the leader of its session', async function () {
    needsRoot(this)
    const script = 'echo $$ $(cut -d" " -f5,6 /proc/$$/stat); id -u; id -G; echo "$HOME $USER $LOGNAME $KEPT"'
    const user = findUser('www-data')
    if (user === null) this.skip()
    const { printed, pid } = await run(script, { user: 'www-data' })
    const groups = [user.gid, ...user.groups].join(' ')
    expect(printed).to.equal(
      `${pid} ${pid} ${pid}\n${user.uid}\n${groups}\n${user.home} www-data www-data yes\n`,
    )
    expect((await run('id -u; id -G; echo "$HOME $USER"', { user: '61234:61235' })).printed).to.equal(
      '61234\n61235\n/ 61234\n',
    )
  })

  it('is prepared for with its user where that is another one', async function () {
    needsRoot(this)
    const prepared: unknown[] = []
    const prepare = (name: string, other: { uid: number } | null) => {
      prepared.push([name, other?.uid ?? null])
      return {}
    }
    await run('true', { user: '61234' }, { prepare })
    await run('true', { user: 'root' }, { prepare })
    expect(prepared).to.deep.equal([
      ['serve-x', 61234],
      ['serve-x', null],
    ])
  })

  it('finds the configuration where its user is another one; without it, it starts with a warning', async function () {
    needsRoot(this)
    const admitted: number[] = []
    const lookups = {
      admit(uid: number) {
        admitted.push(uid)
        return uid === 61234 ? { variables: { WW_LOOKUP: '/its/own' } } : { problem: 'the disk is full' }
      },
    }
    const script = 'echo "${WW_LOOKUP-none}"'
    expect((await run(script, { user: '61234' }, { lookups })).printed).to.equal('/its/own\n')
    expect((await run(script, {}, { lookups })).printed).to.equal('none\n')
    expect((await run(script, { user: '0' }, { lookups })).printed).to.equal('none\n')
    expect(warnings).to.deep.equal([])
    expect((await run(script, { user: '61235' }, { lookups })).printed).to.equal('none\n')
    expect(warnings).to.deep.equal(['serve-x: ww cfg fails in it: the disk is full'])
    expect(admitted).to.deep.equal([61234, 61235])
  })

  it('is stopped with its signal, and killed with all that it has started, as another user too', async function () {
    needsRoot(this)
    const file = join(directory, 'pids')
    writeFileSync(file, '')
    chmodSync(file, 0o666)
    write(`trap '' TERM; sleep 3600 & echo $! >> ${file}; echo $$ >> ${file}; while :; do wait; done`)
    const settings = { ...standard, user: '61234', nice: 5, signal: 'SIGINT' } as const
    const service = startService(runnerOf(), 'serve-x', call, settings)
    await until(() => readFileSync(file, 'utf8').split('\n').length > 2, 'the service')
    expect(readFileSync(file, 'utf8').split('\n')).to.include(String(service.pid))
    // what it has started ignores SIGTERM as well
    const limit = openLimit({ end: 0, kill: 300, abandon: 18_000 })
    expect(await service.stop(limit)).to.deep.equal({ killed: true, abandoned: false })
    expect(await service.ended).to.deep.equal({ kind: 'killed', signal: 'SIGINT', outOfMemory: false })
    const pids = readFileSync(file, 'utf8').trim().split('\n')
    expect(pids.map(Number).filter((pid) => findProcess(pid) !== null)).to.deep.equal([])
  })

  it('cannot run where its user may not: the reason names the user', async function () {
    needsRoot(this)
    write('true')
    chmodSync(join(directory, 'serve-x'), 0o700)
    const service = startService(runnerOf(), 'serve-x', call, { ...standard, user: '61234' })
    expect(service.pid).to.equal(null)
    expect(await service.ended).to.deep.equal(
      unrunnable(
        `${directory}/serve-x: permission denied; make it and its directory accessible to user 61234`,
      ),
    )
  })
})

describe('a service of an instance that is not root', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync('/tmp/ww-service-')
    chmodSync(directory, 0o755)
    const script = `#!/bin/sh\nexit $(( $(cut -d" " -f19 /proc/$$/stat) + 100 + \${HOME#/x} ))\n`
    writeFileSync(join(directory, 'serve'), script, { mode: 0o755 })
  })
  after(() => rmSync(directory, { recursive: true }))
  const room = new URL('../../ww/hooks/service.ts', import.meta.url).pathname
  const start = (settings: Partial<ServiceSettings>): unknown =>
    runAs(
      61234,
      `const { startService } = await import('${room}')
       const warnings = []
       const runner = { hooks: '${directory}', warn: (line) => warnings.push(line),
         environment: () => ({ PATH: process.env.PATH, HOME: '/x3' }) }
       const settings = ${JSON.stringify({ ...standard, ...settings })}
       const end = await startService(runner, 'serve', ${JSON.stringify(call)}, settings).ended
       return [end.code ?? end.reason, ...warnings]`,
    )

  it('cannot run as another user', function () {
    needsRoot(this)
    const fix = 'start the container as root, or remove ww.services.serve.user'
    expect(start({ user: 'root' })).to.deep.equal([
      `cannot run as user root: the instance runs as user 61234; ${fix}`,
    ])
    expect(start({ user: '61234:0' })).to.deep.equal([
      `cannot run as user 61234:0: the instance runs as user 61234; ${fix}`,
    ])
  })

  it('may name its own user', function () {
    needsRoot(this)
    expect(start({ user: '61234', env: { HOME: '/x7' } })).to.deep.equal([107 + getPriority()])
  })

  it('has a lower priority, but no higher one, which is a warning', function () {
    needsRoot(this)
    expect(start({ nice: 5 })).to.deep.equal([108 + getPriority()])
    expect(start({ nice: -5 })).to.deep.equal([
      103 + getPriority(),
      'serve: runs without nice -5; give the container the capability SYS_NICE',
    ])
  })
})

describe('findDirectoryProblem', () => {
  it('finds none in a directory', () => expect(findDirectoryProblem('/')).to.equal(null))
  it('names what is wrong', () => {
    expect(findDirectoryProblem('/no/such')).to.equal('/no/such does not exist')
    expect(findDirectoryProblem('/etc/passwd/x')).to.equal('/etc/passwd/x does not exist')
    expect(findDirectoryProblem('/etc/passwd')).to.equal('/etc/passwd is not a directory')
  })
  it('names a directory that cannot be entered', function () {
    needsRoot(this)
    const room = new URL('../../ww/hooks/service-process.ts', import.meta.url).pathname
    const code = `const { findDirectoryProblem: find } = await import('${room}'); return [find('/root'), find('/root/x')]`
    expect(runAs(65534, code)).to.deep.equal(['/root is not accessible', '/root/x is not accessible'])
  })
})
