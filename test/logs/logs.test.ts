import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createLog, formatLogLine } from '../../ww/base/log.ts'
import { type Logs, openLogs, plainLogs, useLogFormat } from '../../ww/logs/logs.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { until } from '../helpers/until.ts'

const inherited = { stdout: 'inherit', stderr: 'inherit' }

describe('the logs of an instance', () => {
  let directory: string
  let warnings: string[]
  const opened: Logs[] = []
  /** A log process that does nothing but wait, so that the FIFOs can be examined. */
  const idle = ['sh', '-c', 'exec sleep 1000']
  const open = async (
    program: readonly string[] = idle,
    directories = [`${directory}/logs-boot`],
  ): Promise<Logs> => {
    const log = { warn: (line: string) => void warnings.push(line) }
    const logs = await openLogs('prefix', {
      run: directory,
      directories,
      hooks: 2,
      bootId: 'boot',
      log,
      program,
    })
    opened.push(logs)
    return logs
  }
  const names = (): string[] =>
    readdirSync(`${directory}/logs-boot`).filter((name) => name.startsWith('source-'))
  const readSource = (name: string): string => {
    const file = openSync(`${directory}/logs-boot/source-${name}`, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const buffer = Buffer.alloc(100_000)
      return buffer.toString('latin1', 0, readSync(file, buffer))
    } finally {
      closeSync(file)
    }
  }
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-logs-'))
    warnings = []
  })
  afterEach(async () => {
    for (const logs of opened.splice(0)) await logs.close(0)
    rmSync(directory, { recursive: true, force: true })
  })

  it('are the container itself in the format plain', async () => {
    const log = { warn: () => {} }
    const logs = await openLogs('plain', {
      run: directory,
      hooks: 2,
      bootId: 'boot',
      log,
    })
    expect(logs).to.equal(plainLogs)
    expect(logs.outputsOf('serve')).to.deep.equal(inherited)
    expect(readdirSync(directory)).to.deep.equal([])
  })

  it('give each source two FIFOs, always the same, that other users can open again', async () => {
    const logs = await open()
    const { stdout, stderr } = logs.outputsOf('serve')
    expect(stdout).to.be.a('number')
    expect(stderr).not.to.equal(stdout)
    expect(logs.outputsOf('serve')).to.deep.equal({ stdout, stderr })
    expect(logs.outputsOf('monitor').stdout).not.to.equal(stdout)
    expect(names()).to.deep.equal(
      ['monitor.err', 'monitor.out', 'serve.err', 'serve.out'].map((name) => `source-${name}`),
    )
    expect(statSync(`${directory}/logs-boot/source-serve.out`).mode & 0o777).to.equal(0o622)
    expect(statSync(`${directory}/logs-boot`).mode & 0o777).to.equal(0o700)
  })

  it('have FIFOs for more sources than there were hooks', async () => {
    const logs = await open()
    for (let index = 0; index < 40; index++)
      expect(logs.outputsOf(`serve-${index}`).stdout, `${index}`).to.be.a('number')
    expect(names().length).to.equal(80)
    expect(warnings).to.deep.equal([])
  })

  it('hold what is printed while there is no log process, and end no writer with SIGPIPE', async () => {
    const logs = await open()
    const { stdout } = logs.outputsOf('serve')
    if (typeof stdout === 'string') throw new Error('it has no FIFO')
    writeSync(stdout, 'a\n')
    expect(readSource('serve.out')).to.equal('a\n')
    writeSync(stdout, 'b\n')
    expect(readSource('serve.out')).to.equal('b\n')
  })

  it('mark the end of a process, without waiting where the FIFO is full', async () => {
    const logs = await open()
    const { stdout } = logs.outputsOf('serve')
    logs.ended('serve')
    logs.ended('serve')
    logs.ended('unknown')
    expect(readSource('serve.out').match(/end of a process/g)).to.have.length(1)
    logs.outputsOf('serve')
    const full = openSync(`/proc/self/fd/${stdout}`, constants.O_WRONLY | constants.O_NONBLOCK)
    expect(() => {
      for (;;) writeSync(full, 'x'.repeat(4096))
    }).to.throw('EAGAIN')
    closeSync(full)
    logs.ended('serve')
  })

  for (const [what, name] of [
    ['a line break', 'a\nb'],
    ['a length that no file can have', 'x'.repeat(300)],
  ] as const) {
    it(`leave the output of a source whose name has ${what} as it is, with one warning`, async () => {
      const logs = await open()
      expect(logs.outputsOf(name)).to.deep.equal(inherited)
      expect(logs.outputsOf(name)).to.deep.equal(inherited)
      expect(warnings.length).to.equal(1)
      expect(logs.outputsOf('serve').stdout).to.be.a('number')
    })
  }

  it('use the next directory where the first allows no FIFO, and stay plain where none does', async () => {
    const file = `${directory}/file`
    writeFileSync(file, '')
    expect((await open(idle, [`${file}/logs`, `${directory}/logs-boot`])).outputsOf('serve').stdout).to.be.a(
      'number',
    )
    expect(warnings).to.deep.equal([])
    expect((await open(idle, [`${file}/logs`])).outputsOf('serve')).to.deep.equal(inherited)
    expect(warnings.join()).to.match(/^ww\.log\.format: output stays plain: cannot make FIFOs in .*\/logs; /)
  })

  it('start their process again when it ends, with one warning, and name the newest one', async () => {
    const logs = await open()
    const first = logs.session ?? 0
    expect(findProcess(first)?.session).to.equal(first)
    process.kill(first, 'SIGKILL')
    await until(() => logs.session !== null && logs.session !== first)
    expect(warnings).to.deep.equal(['the log process was killed by SIGKILL; it is started again'])
  })

  it('are printed by this process itself where no other one can run', async () => {
    const logs = await open(['/nonexistent/program'])
    const { stdout } = logs.outputsOf('serve')
    await until(() => warnings.length > 1)
    expect(warnings[0]).to.match(/^the log process cannot be run: /)
    expect(warnings[1]).to.contain('the instance prints the output itself')
    if (typeof stdout === 'string') throw new Error('it has no FIFO')
    // more than a pipe holds, so that it would block if nobody read it; blank lines show least in the output of the tests
    const file = openSync(`/proc/self/fd/${stdout}`, constants.O_WRONLY | constants.O_NONBLOCK)
    let left = 20
    await until(() => {
      try {
        writeSync(file, '\0'.repeat(4096))
        left -= 1
      } catch {
        // full for now
      }
      return left === 0
    })
    await until(() => {
      try {
        return writeSync(file, '\nlast words\n') > 0
      } catch {
        return false
      }
    })
    closeSync(file)
    logs.ended('serve')
    expect(await logs.lastLineOf('serve')).to.equal('last words')
    await logs.close(5000)
  })

  it('end their process within the time that is given, and leave nothing behind', async () => {
    const logs = await open(['sh', '-c', 'trap "" TERM HUP; while :; do sleep 1; done'])
    const process = logs.session ?? 0
    const begun = performance.now()
    await logs.close(100)
    expect(performance.now() - begun).to.be.within(90, 5000)
    await until(() => findProcess(process) === null && logs.session === null)
    expect(readdirSync(directory)).to.deep.equal([])
    expect(logs.outputsOf('serve')).to.deep.equal(inherited)
    logs.ended('serve')
    await logs.close(100)
    expect(logs.session).to.equal(null)
  })
})

describe("the format of whaleware's own lines", () => {
  const at = new Date(Date.UTC(2026, 10, 26, 6, 29, 24, 755))

  it('can be changed once the configuration is known, with the facts of a line', async () => {
    const texts: string[] = []
    const log = createLog(
      (bytes) => texts.push(bytes.toString()) && bytes.length,
      () => at,
    )
    log.info('a', { state: 'UP' })
    await useLogFormat('plain', log)
    log.info('b', { state: 'UP' })
    await useLogFormat('json', log)
    log.info('c', { state: 'UP' })
    await useLogFormat('prefix', log)
    log.warn('d')
    expect(texts.slice(0, 2).join('')).to.match(/^ww \S+ \S+ a\nww \S+ \S+ b\n$/)
    expect(JSON.parse(texts[2] ?? '')).to.include({ level: 'info', state: 'UP', message: 'c' })
    expect(texts[3]).to.match(/ ww {14}warn {2}d\n$/)
    expect(formatLogLine('', 'a', 0, 0)).to.equal('ww 1970-01-01 00:00:00.000Z a\n')
  })
})
