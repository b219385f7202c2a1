import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { UserAccount } from '../../ww/processes/account.ts'
import { spawn } from '../../ww/processes/spawn.ts'
import { type FindProgram, findProgram, isOther, startAs, withNiceness } from '../../ww/processes/start-as.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { until } from '../helpers/until.ts'

const user: UserAccount = { name: 'www-data', uid: 33, gid: 33, home: '/', groups: [] }
const grouped = { ...user, groups: [44, 100] }
const only =
  (...names: string[]): FindProgram =>
  (name, kind) => {
    const wanted = kind === undefined ? name : `${kind}:${name}`
    return names.includes(wanted) ? `/bin/${name}` : null
  }

describe('startAs', () => {
  it('has the runtime set the user where that has no other groups', () => {
    expect(startAs('/hook', ['a'], user, only('setpriv'))).to.deep.equal({
      words: ['/hook', 'a'],
      account: { uid: 33, gid: 33 },
      warning: null,
    })
  })

  it('takes the first program of the image that sets groups', () => {
    const file = process.execPath
    const start = (...names: string[]) => startAs(file, ['a b'], grouped, only(...names))
    expect(start('su', 'busybox:su', 'chroot', 'setpriv')).to.deep.equal({
      words: ['/bin/setpriv', '--reuid=33', '--regid=33', '--groups=44,100', '--', file, 'a b'],
      account: null,
      warning: null,
    })
    expect(start('busybox:su', 'chroot').words).to.deep.equal([
      ...['/bin/chroot', '--userspec=+33:+33', '--groups=44,100', '--skip-chdir', '/', file, 'a b'],
    ])
    expect(start('busybox:su').words).to.deep.equal([
      ...['/bin/su', '-m', '-s', '/bin/sh', '-c', 'exec "$0" "$@"', '--', 'www-data', file, 'a b'],
    ])
  })

  it('leaves the groups out, with a warning, where there is none', () => {
    expect(startAs('/hook', [], grouped, only('su'))).to.deep.equal({
      words: ['/hook'],
      account: { uid: 33, gid: 33 },
      warning:
        'runs without the groups 44,100 of user www-data: setting them needs setpriv, chroot (coreutils) or su (busybox) in the image',
    })
  })
})

describe('withNiceness', () => {
  it('takes the program of the image, of whatever kind', () => {
    const file = process.execPath
    expect(withNiceness([file, 'a'], 5, only('nice'))).to.deep.equal(['/bin/nice', '-n', '5', file, 'a'])
    expect(withNiceness([file], 5, only('busybox:nice'))).to.deep.equal(['/bin/nice', '-n', '5', file])
    expect(withNiceness([file], 5, only())).to.equal(null)
  })
})

describe('findProgram', () => {
  it("finds the system's own", () => {
    const found = findProgram('env')
    expect(found).to.match(/^\/(usr\/)?bin\/env$/)
    expect(findProgram('no-such-program')).to.equal(null)
    expect(findProgram('env', 'busybox')).to.equal(null)
  })
})

describe('isOther', () => {
  it('compares the user and the group with those of this process', () => {
    const own = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 }
    expect(isOther(own)).to.equal(false)
    expect(isOther({ ...own, uid: own.uid + 1 })).to.equal(true)
    expect(isOther({ ...own, gid: own.gid + 1 })).to.equal(true)
  })
})

describe('a program with other groups', () => {
  let directory = ''
  before(() => {
    directory = realpathSync(mkdtempSync('/tmp/ww-start-as-'))
    symlinkSync('/bin/busybox', join(directory, 'su'))
  })
  after(() => rmSync(directory, { recursive: true }))
  const kinds: [what: string, find: FindProgram, groups: string][] = [
    ['setpriv', (name) => (name === 'setpriv' ? findProgram(name) : null), '44 100'],
    ['chroot', (name) => (name === 'chroot' ? findProgram(name) : null), '44 100'],
    // it reads the groups itself
    [
      "busybox's su",
      (_, kind) => (kind === 'busybox' && existsSync('/bin/busybox') ? join(directory, 'su') : null),
      '33',
    ],
  ]
  for (const [what, find, groups] of kinds)
    it(`is the process that was started, by ${what}: its pid, session and group, directory and arguments`, async function () {
      needsRoot(this)
      if (startAs('/bin/true', [], grouped, find).account !== null) this.skip()
      // without a #! line, which these programs need not start
      const script = join(directory, 'script')
      const report = join(directory, 'report')
      writeFileSync(report, '', { mode: 0o666 })
      chmodSync(directory, 0o777)
      chmodSync(report, 0o666)
      writeFileSync(
        script,
        `{ echo $$ $(cut -d" " -f5,6 /proc/$$/stat); pwd; echo "$1"; while read -r key rest; do case $key in Uid:|Gid:|Groups:|SigBlk:|SigIgn:|CapEff:) echo $key $rest ;; esac; done </proc/$$/status; } > ${report}\n`,
        { mode: 0o755 },
      )
      const { words } = startAs(script, ['a b'], grouped, find)
      const [file, ...args] = words
      const { pid, ended } = spawn(file, args, {
        stdout: 'inherit',
        env: { PATH: '/bin:/usr/bin' },
        cwd: directory,
      })
      expect(await ended).to.deep.equal({ kind: 'exited', code: 0 })
      expect(
        readFileSync(report, 'utf8')
          .replaceAll('\t', ' ')
          .split('\n')
          .map((line) => line.trim()),
      ).to.deep.equal([
        `${pid} ${pid} ${pid}`,
        directory,
        'a b',
        'Uid: 33 33 33 33',
        'Gid: 33 33 33 33',
        `Groups: ${groups}`,
        'SigBlk: 0000000000000000',
        'SigIgn: 0000000000000000',
        'CapEff: 0000000000000000',
        '',
      ])
    })

  it('is killed by SIGKILL itself: nothing else waits for it', async function () {
    needsRoot(this)
    const { words } = startAs('/bin/sleep', ['3600'], grouped)
    const [file, ...args] = words
    const { pid, ended } = spawn(file, args, { stdout: 'inherit', env: {} })
    await until(() => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sleep\n', 'the program itself')
    process.kill(Number(pid), 'SIGKILL')
    expect(await ended).to.deep.include({ kind: 'killed', signal: 'SIGKILL' })
    expect(existsSync(`/proc/${pid}`)).to.equal(false)
  })
})
