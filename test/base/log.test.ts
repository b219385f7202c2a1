import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { createLog, formatLogLine } from '../../ww/base/log.ts'
import { until } from '../helpers/until.ts'

const at = new Date(Date.UTC(2026, 10, 26, 6, 29, 24, 755))
const failure = (code: string): Error => Object.assign(new Error(code), { code })

describe('a line of the log', () => {
  it('has the time with its offset, the level and the text', () => {
    expect(formatLogLine('', 'UP: monitor passed', at.getTime(), 0)).to.equal(
      'ww 2026-11-26 06:29:24.755Z UP: monitor passed\n',
    )
    expect(formatLogLine('warning: ', 'drain: cut short', at.getTime(), 60)).to.equal(
      'ww 2026-11-26 07:29:24.755+01:00 warning: drain: cut short\n',
    )
  })

  it('is one line, whatever the text is', () => {
    expect(formatLogLine('error: ', 'a\nb\r\nc\n', 0, 0)).to.equal(
      'ww 1970-01-01 00:00:00.000Z error: a b c\n',
    )
  })
})

describe('the log', () => {
  const written = (write: (bytes: Buffer) => number) => createLog(write, () => at)
  const collect = (texts: string[]) => (bytes: Buffer) => {
    texts.push(bytes.toString())
    return bytes.length
  }

  it('marks warnings, errors and advice, and nothing else', () => {
    const texts: string[] = []
    const log = written(collect(texts))
    log.info('a')
    log.warn('b')
    log.error('c')
    log.advise('d')
    expect(texts.map((text) => text.replace(/^ww \S+ \S+ /, ''))).to.deep.equal([
      'a\n',
      'warning: b\n',
      'error: c\n',
      'try: d\n',
    ])
  })

  for (const code of ['EPIPE', 'ENOSPC', 'EBADF', 'EIO']) {
    it(`loses lines on ${code}, goes on, and prints again when it can`, () => {
      const texts: string[] = []
      let broken = true
      const log = written((bytes) => {
        if (broken) throw failure(code)
        return collect(texts)(bytes)
      })
      log.info('lost')
      broken = false
      log.info('printed')
      expect(texts.join('')).to.match(/^ww \S+ \S+ printed\n$/)
    })
  }

  it('writes the rest of a line that was accepted in part', () => {
    const texts: string[] = []
    const log = written((bytes) => collect(texts)(bytes.subarray(0, 7)))
    log.info('a line of some length')
    expect(texts.length).to.be.greaterThan(2)
    expect(texts.join('')).to.equal('ww 2026-11-26 06:29:24.755Z a line of some length\n')
  })

  it('stores lines for a slow reader, in order, and writes them later without a further call', async () => {
    const texts: string[] = []
    let slow = true
    const log = written((bytes) => {
      if (slow) throw failure('EAGAIN')
      return collect(texts)(bytes)
    })
    log.info('first')
    log.info('second')
    slow = false
    await until(() => texts.length > 0)
    expect(texts.join('').replaceAll(/ww \S+ \S+ /g, '')).to.equal('first\nsecond\n')
  })

  it('stores at most 64 KiB for a slow reader', () => {
    const texts: string[] = []
    let slow = true
    const log = written((bytes) => {
      if (slow) throw failure('EAGAIN')
      return collect(texts)(bytes)
    })
    for (let i = 0; i < 100; i++) log.info('x'.repeat(1000))
    slow = false
    log.info('dropped or not')
    expect(texts.join('').length).to.be.within(60_000, 64 * 1024)
  })

  it('accepts one line that is longer than what it stores', () => {
    const texts: string[] = []
    written(collect(texts)).info('x'.repeat(100_000))
    expect(texts.join('').length).to.be.greaterThan(100_000)
  })

  const program = `const { log } = await import('${import.meta.dirname}/../../ww/base/log.ts')
    for (let i = 0; i < 1000; i++) log.info('line ' + i)
    await new Promise((resolve) => setTimeout(resolve, 1))
    console.log('alive')`
  const runWith = (redirection: string) =>
    spawnSync(
      'sh',
      ['-c', `exec 3>&1; "$NODE" --import tsx --input-type=module -e "$PROGRAM" ${redirection}`],
      {
        encoding: 'utf8',
        env: { ...process.env, NODE: process.execPath, PROGRAM: program, TZ: 'UTC' },
      },
    )

  for (const [what, redirection] of [
    ['its reader leaves after the first line', '2>&1 >&3 | head -1 >&2'],
    ['its disk is full', '2>/dev/full'],
    ['standard error is closed', '2>&-'],
  ] as const) {
    it(`never ends the process: ${what}`, () => {
      const { stdout, status } = runWith(redirection)
      expect(stdout).to.equal('alive\n')
      expect(status).to.equal(0)
    })
  }

  it('does not wait for a reader that reads nothing, and leaves standard error as it is for others', () => {
    const { stdout, status } = spawnSync(
      'bash',
      [
        '-c',
        // without tsx, which makes descriptor 2 non-blocking
        `exec 3>&1; { head -c 65536 /dev/zero >&2; "$NODE" --input-type=module -e "$PROGRAM"
          read -r _ flags < <(grep flags /proc/self/fdinfo/2); echo "$((flags & 04000))"; } 2> >(exec sleep 5 >/dev/null 2>&1 3>&-) >&3`,
      ],
      { encoding: 'utf8', timeout: 4_000, env: { ...process.env, NODE: process.execPath, PROGRAM: program } },
    )
    expect({ stdout, status }).to.deep.equal({ stdout: 'alive\n0\n', status: 0 })
  })

  it('prints to standard error in UTC, and with the offset where TZ is something else', () => {
    const once = program.replace('1000', '1')
    const run = (TZ: string) =>
      spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', once], {
        encoding: 'utf8',
        env: { ...process.env, TZ },
      }).stderr
    expect(run('UTC')).to.match(/^ww \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z line 0\n$/)
    expect(run('Asia/Kolkata')).to.match(/^ww \S+ [\d:.]+\+05:30 line 0\n$/)
  })
})
