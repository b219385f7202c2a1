import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { lockData, WaitReport } from '../../ww/data/data-lock.ts'
import { tryLock } from '../../ww/data/lock.ts'
import type { LockResult } from '../../ww/lifecycle/world.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { realLimit } from '../helpers/limits.ts'
import { fillDisk, makeReadOnly, mountDisk, unmountDisk } from '../helpers/small-disk.ts'
import { until } from '../helpers/until.ts'

describe('the lock on /data', () => {
  let data = ''
  let lines: string[] = []
  const children: ChildProcess[] = []
  const locked: LockResult[] = []
  const log = { info: (line: string) => void lines.push(line) }
  const me = { instance: 'me', verb: 'upgrade' } as const

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'ww-lock-'))
    lines = []
  })
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
    for (const result of locked.splice(0)) if (result.kind === 'locked') result.lock.release()
    rmSync(data, { recursive: true, force: true })
  })

  const lock = async (
    limit = realLimit(60_000),
    who: Parameters<typeof lockData>[1] = me,
  ): Promise<LockResult> => {
    const result = await lockData(data, who, limit, log)
    limit.close()
    locked.push(result)
    return result
  }
  /** Another process that has the lock. */
  const holdElsewhere = async (verb = 'upgrade'): Promise<ChildProcess> => {
    const fixture = resolve(import.meta.dirname, '../fixtures/hold-lock.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', fixture, data, 'cache2', verb], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(child)
    let said = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await until(() => said === 'locked\n')
    return child
  }

  it('is given at once when nobody has it, without a word', async () => {
    expect(await lock()).to.have.property('kind', 'locked')
    expect(lines).to.deep.equal([])
    expect(statSync(`${data}/.ww/data.holder`).mode & 0o777).to.equal(0o600)
  })

  it('is given again after it was released', async () => {
    const first = await lock()
    if (first.kind === 'locked') first.lock.release()
    locked.length = 0
    expect(await lock()).to.have.property('kind', 'locked')
  })

  it('is given to one process at a time, and to the next when that is killed', async () => {
    const holder = await holdElsewhere()
    const waiting = lock()
    let result: LockResult | null = null
    void waiting.then((given) => {
      result = given
    })
    await until(() => lines.length === 1)
    expect(result).to.equal(null)
    holder.kill('SIGKILL')
    expect(await waiting).to.have.property('kind', 'locked')
  })

  it('is waited for with one line that says who has it, since when, and how long we wait', async () => {
    await holdElsewhere()
    const limit = realLimit(2000)
    await lock(limit)
    expect(lines).to.have.length(1)
    expect(lines[0]).to.match(
      /^waiting for \S+: instance cache2 has been upgrading it for [\d.]+ m?s \(limit 2 s\)$/,
    )
  })

  it('is given up at the limit, with a sentence that names the holder and says what to do', async () => {
    await holdElsewhere()
    expect(await lock(realLimit(300))).to.have.property('kind', 'failed')
    const [result] = locked
    expect(result)
      .to.have.property('reason')
      .that.matches(
        /^cannot upgrade \S+: instance cache2 has been upgrading it for [\d.]+ m?s \(limit 300 ms\); wait, or stop it$/,
      )
  })

  it('is given up with what each of the two does to /data', async () => {
    await holdElsewhere('initialise')
    expect(await lock(realLimit(100), { instance: 'me', verb: 'initialise' }))
      .to.have.property('reason')
      .that.matches(/^cannot initialise \S+: instance cache2 has been initialising it for /)
  })

  it('is no longer waited for when the state is left', async () => {
    await holdElsewhere()
    const limit = realLimit(60_000)
    const waiting = lock(limit)
    limit.bringForward({ end: 0, kill: 0, abandon: 0 }, 'left')
    expect(await waiting).to.deep.equal({ kind: 'aborted' })
  })

  it('is not taken when the state was left before', async () => {
    const limit = realLimit(60_000)
    limit.bringForward({ end: 0, kill: 0, abandon: 0 }, 'left')
    expect(await lock(limit)).to.deep.equal({ kind: 'aborted' })
    expect(existsSync(`${data}/.ww/data.lock`)).to.equal(false)
  })

  for (const content of ['', 'no JSON', '5', '{"instance": "x"}']) {
    it(`is waited for also when the note of its holder is ${JSON.stringify(content)}`, async () => {
      mkdirSync(`${data}/.ww`, { mode: 0o700 })
      const holder = await holdElsewhere()
      writeFileSync(`${data}/.ww/data.holder`, content)
      expect(await lock(realLimit(50)))
        .to.have.property('reason')
        .that.contains('another instance has been changing it (limit 50 ms)')
      // too short a wait for a line
      expect(lines).to.deep.equal([])
      holder.kill('SIGKILL')
    })
  }

  it('fails with what to do when /data is read-only', async function () {
    needsRoot(this)
    mountDisk(data)
    try {
      makeReadOnly(data)
      expect(await lock()).to.deep.equal({
        kind: 'failed',
        reason: `cannot write ${data}/.ww: read-only file system; mount the volume without :ro`,
      })
    } finally {
      unmountDisk(data)
    }
  })

  it('fails with what to do when the disk has no inodes left', async function () {
    needsRoot(this)
    mountDisk(data, 'nr_inodes=3')
    try {
      mkdirSync(`${data}/.ww`, { mode: 0o700 })
      writeFileSync(`${data}/file`, '')
      expect(await lock())
        .to.have.property('reason')
        .that.matches(/^cannot write \S+\/data\.lock: no inodes left on device/)
    } finally {
      unmountDisk(data)
    }
  })

  it('is given on a full disk too, since it needs no space', async function () {
    needsRoot(this)
    mountDisk(data)
    try {
      mkdirSync(`${data}/.ww`, { mode: 0o700 })
      fillDisk(data)
      const result = await lock()
      expect(result).to.have.property('kind', 'locked')
    } finally {
      unmountDisk(data)
    }
  })

  it('fails when there is something else in its place', async () => {
    mkdirSync(`${data}/.ww/data.lock`, { recursive: true })
    chmodSync(`${data}/.ww`, 0o700)
    expect(await lock()).to.have.property('kind', 'failed')
    rmSync(`${data}/.ww/data.lock`, { recursive: true })
    writeFileSync(
      `${data}/.ww/data.lock`,
      'something else entirely, and longer than a header of a database'.repeat(20),
    )
    expect(await lock()).to.have.property('kind', 'failed')
  })
})

function listOpenFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)]
    } catch {
      // that of the list itself
      return []
    }
  })
}

describe('a lock on a file', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-lock-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('is private, made with the directories above it, and exclusive', () => {
    const lock = tryLock(`${root}/a/b`)
    expect(statSync(`${root}/a/b`).mode & 0o777).to.equal(0o600)
    expect(tryLock(`${root}/a/b`)).to.equal(null)
    lock?.release()
    const again = tryLock(`${root}/a/b`)
    expect(again).not.to.equal(null)
    again?.release()
  })

  it('is still held after its own process has tried to get it again', () => {
    const lock = tryLock(`${root}/a`)
    expect(tryLock(`${root}/a`)).to.equal(null)
    const module = resolve(import.meta.dirname, '../../ww/data/lock.ts')
    const script = `const { tryLock } = await import('${module}'); console.log(tryLock('${root}/a'))`
    const other = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      encoding: 'utf8',
    })
    expect(other.stdout, other.stderr).to.equal('null\n')
    lock?.release()
  })

  it('can be released again', () => {
    const lock = tryLock(`${root}/a`)
    lock?.release()
    expect(() => lock?.release()).not.to.throw()
  })

  it('leaves nothing open when it cannot be had', () => {
    writeFileSync(`${root}/a`, 'something else entirely, and longer than a header of a database'.repeat(20))
    expect(() => tryLock(`${root}/a`)).to.throw('not a database')
    const open = listOpenFiles()
    expect(open).not.to.include(`${root}/a`)
  })
})

describe('the lines about a wait', () => {
  it('come after 1 s, 10 s, 1 min, 5 min, and then every 5 min', () => {
    const report = new WaitReport()
    const due: number[] = []
    for (let second = 0.5; second <= 1300; second += 0.5) if (report.isDue(second * 1000)) due.push(second)
    expect(due).to.deep.equal([1, 10, 60, 300, 600, 900, 1200])
  })
})
