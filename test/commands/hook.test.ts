import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { readStatus } from '../../ww/instance/read-status.ts'
import { findProcess, listProcesses } from '../../ww/processes/list.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { type Typed, typeCommand } from '../helpers/command-line.ts'
import { programWords } from '../helpers/program.ts'
import { bootWith, endInstances, type RealInstance, writeHook } from '../helpers/real-instance.ts'
import { until } from '../helpers/until.ts'

const serve = { serve: 'exec sleep 1000' }

describe('ww hook', () => {
  afterEach(endInstances)

  const hook = (instance: RealInstance, args: string[], env: NodeJS.ProcessEnv = {}): Typed =>
    typeCommand(['hook', ...args], { WW_RUN: instance.place.run, ...env })
  /** Boots an instance, and waits until its status, which is written a moment after the event, says so. */
  const boot = async (hooks: Record<string, string>, cfg: object = {}, env = {}, state = 'UP') => {
    const instance = bootWith(hooks, cfg, env)
    await until(
      () => readStatus(instance.place.run)?.state === state,
      () => instance.describe(`reach ${state}`),
    )
    return instance
  }
  const readEnv = (path: string): Map<string, string> =>
    new Map(
      readFileSync(path, 'utf8')
        .split('\0')
        .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
    )

  /** A `ww hook` that is still running, as from a terminal. */
  const begin = (instance: RealInstance, ...args: string[]) => {
    const [file, ...words] = programWords('hook', ...args)
    const child: ChildProcess = spawn(file, words, {
      env: { PATH: process.env.PATH, WW_RUN: instance.place.run },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const running = {
      child,
      stdout: '',
      stderr: '',
      exited: new Promise((done) => child.once('close', (code, signal) => done(code ?? signal))),
    }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      running.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      running.stderr += text
    })
    return running
  }

  it('runs a hook with its arguments, passes its output through, and prints the result on stderr', async () => {
    const backup = 'echo "to $WW_BACKUP: $*"; echo working >&2'
    const instance = await boot({ ...serve, backup })
    const { status, stdout, stderr } = hook(instance, ['backup', 'all', '-q', '--', '--full', '-q'])
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 0,
      stdout: `to ${instance.place.backup}: all --full -q\n`,
      stderr: 'working\n',
    })
    const loud = hook(instance, ['backup'])
    expect(loud.stderr).to.match(/^working\nww hook: backup succeeded in \d+ ms\n$/)
  })

  it('exits with 1 when the hook fails, whatever its code, and says that the instance is unaffected', async () => {
    const killed = 'kill -9 $$'
    const instance = await boot({ ...serve, backup: 'exit 3', killed })
    expect(hook(instance, ['backup'])).to.include({ status: 1, stdout: '' })
    expect(hook(instance, ['backup', '-q']).stderr).to.match(
      /^ww hook: backup exited with code 3 after \d+ ms; the instance is unaffected\n$/,
    )
    expect(hook(instance, ['killed']).stderr).to.match(
      /^ww hook: killed was killed by SIGKILL after \d+ ms; the instance is unaffected\n$/,
    )
    expect(instance.states().at(-1)).to.equal('UP')
  })

  it('gives a hook the environment and the directory that the instance gives it', async () => {
    const dump = 'env -0 > "$WW_DATA/$WW_HOOK.env"; pwd > "$WW_DATA/$WW_HOOK.pwd"'
    const cfg = { ww: { app: 'shop', version: '1.4', instance: 'web-1' } }
    const first = `echo TOKEN=of-boot >> "$WW_ENV"; echo "WITH=a=b c" >> "$WW_ENV"`
    const env = { WW_ASIDE_NODE_OPTIONS: '--max-old-space-size=99', OF_ENTRYPOINT: 'two\nlines' }
    const hooks = { ...serve, boot: first, warmup: dump, backup: dump }
    const instance = await boot(hooks, cfg, env)
    const given = {
      HOME: '/nowhere',
      ADDED: '1',
      WW_DATA: '/elsewhere',
      NOTIFY_SOCKET: '/x',
      WW_SERVICE: 'y',
    }
    expect(hook(instance, ['backup'], given).status).to.equal(0)
    const [expected, seen] = ['warmup', 'backup'].map((name) =>
      readEnv(`${instance.place.data}/${name}.env`),
    ) as [Map<string, string>, Map<string, string>]
    expect(seen.get('WW_HOOK')).to.equal('backup')
    expect([seen.get('WW_STATE'), seen.get('WW_PREVIOUS_STATE')]).to.deep.equal(['UP', 'WARMUP'])
    expect(seen.get('NODE_OPTIONS')).to.equal('--max-old-space-size=99')
    expect(seen.get('OF_ENTRYPOINT')).to.equal('two\nlines')
    expect(seen.get('TOKEN')).to.equal('of-boot')
    expect(seen.get('WITH')).to.equal('a=b c')
    expect(seen.get('ADDED')).to.equal('1')
    for (const name of ['WW_HOOK', 'WW_STATE', 'WW_PREVIOUS_STATE', '_', 'SHLVL']) {
      seen.delete(name)
      expected.delete(name)
    }
    // what only this command was given
    for (const name of ['ADDED', 'HOME']) seen.delete(name)
    expect(Object.fromEntries(seen)).to.deep.equal(Object.fromEntries(expected))
    const [there, here] = ['warmup', 'backup'].map((name) =>
      readFileSync(`${instance.place.data}/${name}.pwd`, 'utf8'),
    )
    expect(here).to.equal(there)
  })

  it('passes on to later hooks what a hook appends to $WW_ENV', async () => {
    const hooks = { ...serve, one: 'echo SET=1 >> "$WW_ENV"', two: 'echo "SET is $SET"' }
    const instance = await boot(hooks)
    hook(instance, ['one'])
    expect(hook(instance, ['two']).stdout).to.equal('SET is 1\n')
  })

  it('finds ww cfg and what the instance has configured', async () => {
    const hooks = { ...serve, show: `sh ${process.cwd()}/ww/sh/cfg memory` }
    const instance = await boot(hooks, { memory: '600mb' })
    expect(hook(instance, ['show']).stdout).to.equal('600mb\n')
  })

  it('gives lifecycle its state, and drain a reason and its time', async () => {
    const hooks = { ...serve, lifecycle: 'echo "$1: $WW_REASON"', drain: 'echo "$WW_REASON $WW_TIME_LEFT"' }
    const instance = await boot(hooks)
    expect(hook(instance, ['lifecycle']).stdout).to.match(/^UP: \S.*\n$/)
    expect(hook(instance, ['lifecycle', 'ERROR']).stdout).to.match(/^ERROR: /)
    expect(hook(instance, ['drain']).stdout).to.equal('ww hook 5\n')
  })

  describe('under its limit', () => {
    const stubborn = 'trap "" TERM; echo $$; while :; do sleep 0.1; done'
    const gone = (text: string): boolean => findProcess(Number(text)) === null

    it('ends a hook that takes longer than --timeout, also one that ignores SIGTERM', async () => {
      const instance = await boot({ ...serve, backup: stubborn }, { ww: { kill_after: '100ms' } })
      const { status, stdout, stderr } = hook(instance, ['backup', '--timeout', '600ms'])
      expect(status).to.equal(1)
      expect(stderr).to.equal('ww hook: backup timed out after 600 ms; the instance is unaffected\n')
      expect(gone(stdout)).to.equal(true)
    })

    it('uses the limit of its schedule, then ww.timeouts', async () => {
      const hooks = { ...serve, backup: 'exec sleep 100', drain: 'exec sleep 100', other: 'exec sleep 100' }
      const ww = {
        schedule: { backup: { cron: '0 0 1 1 *', timeout: '200ms' } },
        timeouts: { drain: '210ms', scheduled: '220ms' },
      }
      const instance = await boot(hooks, { ww })
      const limits = ['backup', 'drain', 'other'].map((name) => hook(instance, [name]).stderr)
      expect(limits.map((text) => /after (\d+ ms)/.exec(text)?.[1])).to.deep.equal([
        '200 ms',
        '210 ms',
        '220 ms',
      ])
    })

    it('ends the session of the hook at Ctrl-C, and exits with 130', async () => {
      const worker = 'sh -c "echo \\$\\$; exec sleep 1000" & echo ready; wait'
      const instance = await boot({ ...serve, backup: worker })
      const running = begin(instance, 'backup')
      await until(() => /\d/.test(running.stdout) && running.stdout.includes('ready'))
      running.child.kill('SIGINT')
      expect(await running.exited).to.equal(130)
      expect(running.stderr).to.match(/^ww hook: backup was ended by SIGINT after \S+ \w+\n$/)
      expect(gone(/\d+/.exec(running.stdout)?.[0] ?? '')).to.equal(true)
    })

    it('sends SIGKILL at the second Ctrl-C', async () => {
      const instance = await boot({ ...serve, backup: stubborn }, { ww: { kill_after: '1h' } })
      const running = begin(instance, 'backup')
      await until(() => running.stdout !== '')
      running.child.kill('SIGINT')
      running.child.kill('SIGINT')
      // until both have arrived: two of the same are one
      await until(() => {
        running.child.kill('SIGINT')
        return running.child.exitCode !== null
      })
      expect(await running.exited).to.equal(130)
      expect(gone(running.stdout)).to.equal(true)
    })

    it('ends the hook with SIGTERM, as a stop of the container sends it', async () => {
      const instance = await boot({ ...serve, backup: 'echo $$; exec sleep 1000' })
      const running = begin(instance, 'backup')
      await until(() => running.stdout !== '')
      running.child.kill('SIGTERM')
      expect(await running.exited).to.equal(143)
      expect(gone(running.stdout)).to.equal(true)
    })
  })

  describe('of a name', () => {
    it('refuses what is no hook with the nearest that is', async () => {
      const instance = await boot({ ...serve, backup: 'true' })
      expect(hook(instance, ['bakup'])).to.include({
        status: 2,
        stderr: 'ww hook: no hook "bakup"; did you mean backup?\n',
      })
      writeHook(instance.place, 'oneshot-migrate', 'true')
      expect(hook(instance, ['migrate']).stderr).to.contain('did you mean oneshot-migrate?')
      expect(hook(instance, ['drain']).stderr).to.equal(
        `ww hook: no hook "drain"; ${instance.place.home}/usr has none of that name\n`,
      )
      for (const path of ['../usr/backup', './backup', '..', '.', '', '/bin/true'])
        expect(hook(instance, ['--', path]).status, path).to.equal(2)
    })

    it('refuses a service, by its short name too, with what to use instead', async () => {
      const instance = await boot({ ...serve, 'serve-php': 'exec sleep 100', php7: 'true' })
      for (const name of ['serve', 'serve-php', 'php', 'serve-none'])
        expect(hook(instance, [name]), name).to.include({
          status: 2,
          stderr: `ww hook: cannot run ${name}: it is a service, which the instance runs; use ww restart ${name}\n`,
        })
    })

    it('says what is wrong with a hook that cannot be run', async () => {
      const instance = await boot(serve)
      writeFileSync(`${instance.place.home}/usr/backup`, 'echo\n', { mode: 0o644 })
      expect(hook(instance, ['backup'])).to.include({ status: 1 })
      expect(hook(instance, ['backup']).stderr).to.match(
        /^ww hook: backup cannot be run: \S+\/backup is not executable; add RUN chmod .*Dockerfile\n$/,
      )
      symlinkSync('/nowhere', `${instance.place.home}/usr/linked`)
      expect(hook(instance, ['linked']).stderr).to.contain('which does not exist; correct the link')
    })

    it('has nothing to do for a blank hook', async () => {
      const instance = await boot({ ...serve, backup: '# later' })
      expect(hook(instance, ['backup'])).to.deep.equal({
        status: 0,
        stdout: '',
        stderr: 'ww hook: backup is blank: there was nothing to do\n',
      })
    })

    it('has to be given, and options have to be known', async () => {
      const instance = await boot({ ...serve, backup: 'true' })
      expect(hook(instance, [])).to.include({ status: 2, stderr: 'ww hook: no hook; write ww hook NAME\n' })
      expect(hook(instance, ['backup', '--full']).stderr).to.contain('no option "--full"')
      expect(hook(instance, ['backup', '--timeout', '9']).stderr).to.contain('has no unit; write 9s')
      expect(hook(instance, ['backup', '--force'])).to.include({ status: 2 })
    })
  })

  describe('beside the instance', () => {
    it('runs while the instance hangs', async () => {
      const instance = await boot({ ...serve, backup: 'echo done' })
      instance.signal('SIGSTOP')
      const { status, stdout, stderr } = hook(instance, ['backup'])
      instance.signal('SIGCONT')
      expect({ status, stdout }, stderr).to.deep.equal({ status: 0, stdout: 'done\n' })
    })

    it('goes on while the services restart, and ends when the instance stops', async () => {
      const instance = await boot({ ...serve, backup: 'echo $$; exec sleep 1000' })
      const running = begin(instance, 'backup')
      await until(() => running.stdout !== '')
      instance.signal('SIGHUP')
      await until(() => instance.states().slice(-2).join() === 'RESTARTING,UP')
      expect(findProcess(Number(running.stdout))).not.to.equal(null)
      expect(await instance.stop()).to.equal(0)
      expect(await running.exited).to.equal(1)
      expect(findProcess(Number(running.stdout))).to.equal(null)
    })

    it('needs a running instance', async () => {
      const instance = await boot({ ...serve, backup: 'true' })
      const { run } = instance.place
      await instance.stop()
      expect(hook(instance, ['backup'])).to.include({ status: 1 })
      expect(hook(instance, ['backup']).stderr).to.equal(
        'ww hook: no instance is running: STOPPED: SIGTERM\n',
      )
      rmSync(`${run}/status`)
      expect(hook(instance, ['backup']).stderr).to.equal(
        `ww hook: no instance has booted in ${run}; from outside: docker exec CONTAINER ww hook NAME\n`,
      )
    })

    it('is refused to another user with what to use', async function () {
      needsRoot(this)
      const instance = await boot({ ...serve, backup: 'id -u' })
      // mkdtemp makes it private
      chmodSync(instance.place.root, 0o755)
      const [file, ...words] = programWords('hook', 'backup')
      const child = spawn(file, words, {
        env: { PATH: process.env.PATH, WW_RUN: instance.place.run },
        stdio: ['ignore', 'inherit', 'pipe'],
        ...{ uid: 65534, gid: 65534 },
      })
      let stderr = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      expect(await new Promise((done) => child.once('close', done))).to.equal(1)
      expect(stderr).to.equal(
        'ww hook: not permitted: the instance runs as user 0, you are user 65534; use docker exec --user 0\n',
      )
    })
  })

  describe('firstboot', () => {
    const once = 'echo "retry $WW_FIRSTBOOT_RETRY"; [ -e "$WW_DATA/ready" ]'
    const held = (hooks: Record<string, string>, more: object = {}): Promise<RealInstance> =>
      boot({ ...serve, ...hooks }, { ww: { on_error: 'hold', ...more } }, {}, 'HELD')

    it('initialises /data of an instance that is held, as a boot does', async () => {
      const instance = await held({ firstboot: once }, { version: '7.2.4' })
      const { data } = instance.place
      const failed = hook(instance, ['firstboot'])
      expect(failed.stderr).to.match(
        new RegExp(
          `^ww hook: firstboot exited with code 1 after \\d+ ms; ${data} is not marked as initialised\n$`,
        ),
      )
      expect(existsSync(`${data}/whaleup`)).to.equal(false)
      writeFileSync(`${data}/ready`, '')
      const succeeded = hook(instance, ['firstboot'])
      expect(succeeded).to.include({ status: 0, stdout: 'retry 1\n' })
      expect(succeeded.stderr).to.match(
        new RegExp(`^ww hook: firstboot succeeded in \\d+ ms; ${data} is marked as initialised\n$`),
      )
      const mark = JSON.parse(readFileSync(`${data}/whaleup`, 'utf8'))
      expect(mark).to.include({ version: '7.2.4', bootId: instance.events()[0]?.bootId })
      expect(existsSync(`${data}/.ww/firstboot-begun`)).to.equal(false)
      expect(hook(instance, ['firstboot']).stderr).to.equal(
        `ww hook: cannot run firstboot: ${data} is initialised (version 7.2.4); to run it all the same, add --force\n`,
      )
    })

    it('leaves a sign that it was interrupted, also by Ctrl-C', async () => {
      const instance = await held({ firstboot: 'exit 1' })
      const { data } = instance.place
      rmSync(`${data}/.ww/firstboot-begun`)
      writeHook(instance.place, 'firstboot', 'echo "retry $WW_FIRSTBOOT_RETRY"; exec sleep 1000')
      const running = begin(instance, 'firstboot')
      await until(() => running.stdout !== '')
      expect(running.stdout).to.equal('retry \n')
      running.child.kill('SIGINT')
      expect(await running.exited).to.equal(130)
      expect(running.stderr).to.contain(`; ${data} is not marked as initialised\n`)
      writeHook(instance.place, 'firstboot', once)
      expect(hook(instance, ['firstboot']).stdout).to.equal('retry 1\n')
    })

    it('runs on initialised /data with --force alone, and keeps it marked', async () => {
      const instance = await boot({ ...serve, firstboot: 'echo "retry $WW_FIRSTBOOT_RETRY"' })
      const { data } = instance.place
      const before = JSON.parse(readFileSync(`${data}/whaleup`, 'utf8'))
      expect(hook(instance, ['firstboot'])).to.include({ status: 1, stdout: '' })
      expect(hook(instance, ['firstboot', '--force'])).to.include({ status: 0, stdout: 'retry \n' })
      expect(JSON.parse(readFileSync(`${data}/whaleup`, 'utf8')).initialisedAt).to.equal(before.initialisedAt)
      writeHook(instance.place, 'firstboot', 'exit 4')
      expect(hook(instance, ['firstboot', '--force']).stderr).to.contain('stays marked as initialised\n')
      expect(existsSync(`${data}/whaleup`)).to.equal(true)
    })

    it('waits for the lock of another that changes /data, says so, and ends at Ctrl-C', async () => {
      const instance = await held({ firstboot: 'exit 1' })
      const lock = spawn(
        process.execPath,
        ['--import', 'tsx', 'test/fixtures/hold-lock.ts', instance.place.data, 'cache2', 'upgrade'],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      try {
        await new Promise((done) => lock.stdout.once('data', done))
        const late = hook(instance, ['firstboot', '--timeout', '300ms'])
        expect(late.stderr).to.match(
          /^ww hook: cannot initialise \S+: instance cache2 has been upgrading it for .* \(limit 300 ms\); wait, or stop it\n$/,
        )
        const running = begin(instance, 'firstboot')
        await until(() => running.stderr.includes('waiting for'))
        running.child.kill('SIGINT')
        expect(await running.exited).to.equal(130)
        expect(running.stderr).to.match(
          /^ww hook: waiting for \S+: instance cache2 has been upgrading it for .*\nww hook: firstboot was ended by SIGINT after .*\n$/,
        )
      } finally {
        lock.kill('SIGKILL')
      }
    })

    it('is not run where /data cannot be used', async () => {
      const instance = await boot(serve)
      writeHook(instance.place, 'firstboot', 'echo ran')
      rmSync(instance.place.data, { recursive: true })
      writeFileSync(instance.place.data, '')
      const { status, stdout, stderr } = hook(instance, ['firstboot'])
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
      expect(stderr).to.match(/^ww hook: cannot write .*\n$/)
      rmSync(instance.place.data)
      mkdirSync(instance.place.data)
    })
  })

  describe('upgrade', () => {
    const upgrade = 'echo "from $WW_PREVIOUS_VERSION to $WW_VERSION"'
    const versionOf = (instance: RealInstance): string =>
      JSON.parse(readFileSync(`${instance.place.data}/whaleup`, 'utf8')).version
    const mark = (instance: RealInstance, version: string): void =>
      writeFileSync(`${instance.place.data}/whaleup`, JSON.stringify({ version }))

    it('gets both versions, and records the new one when it succeeds', async () => {
      const instance = await boot({ ...serve, upgrade }, { ww: { version: '2.0' } })
      mark(instance, '1.9')
      const first = hook(instance, ['upgrade'])
      expect(first).to.include({ status: 0, stdout: 'from 1.9 to 2.0\n' })
      expect(first.stderr).to.match(
        /^ww hook: upgrade succeeded in \d+ ms; \S+ is marked as upgraded to 2\.0\n$/,
      )
      expect(versionOf(instance)).to.equal('2.0')
      const second = hook(instance, ['upgrade'])
      expect(second.stdout).to.equal('from 2.0 to 2.0\n')
      expect(second.stderr).to.match(/^ww hook: upgrade succeeded in \d+ ms\n$/)
    })

    it('records nothing when it fails', async () => {
      const instance = await boot({ ...serve }, { ww: { version: '2.0' } })
      writeHook(instance.place, 'upgrade', 'exit 3')
      mark(instance, '1.9')
      expect(hook(instance, ['upgrade']).stderr).to.match(
        /^ww hook: upgrade exited with code 3 after \d+ ms; the instance is unaffected\n$/,
      )
      expect(versionOf(instance)).to.equal('1.9')
    })

    it('is refused where there is nothing to upgrade, or a newer version has used it', async () => {
      const instance = await boot({ ...serve, upgrade }, { ww: { version: '2.0' } })
      mark(instance, '2.1')
      expect(hook(instance, ['upgrade']).stderr).to.match(
        /^ww hook: cannot run upgrade: version 2\.1 used \S+ last, this image is 2\.0; use the newer image or set ww\.allow_downgrade\n$/,
      )
      rmSync(`${instance.place.data}/whaleup`)
      expect(hook(instance, ['upgrade']).stderr).to.match(
        /^ww hook: cannot run upgrade: \S+ is not initialised; run ww hook firstboot first\n$/,
      )
    })
  })

  it('leaves no process behind', async () => {
    const instance = await boot({ ...serve, backup: 'true' })
    hook(instance, ['backup'])
    const names = listProcesses().filter(({ parent }) => parent === instance.process.pid)
    expect(names).to.have.length(1)
  })
})
