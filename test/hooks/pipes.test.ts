import { execFileSync, spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { captureLimit, PipeCapture, StreamCapture } from '../../ww/hooks/capture.ts'
import { Pipes } from '../../ww/hooks/pipes.ts'
import { until } from '../helpers/until.ts'

describe('Pipes', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-pipes-'))
  })
  afterEach(() => rmSync(directory, { recursive: true, force: true }))
  const descriptors = (): number => readdirSync('/proc/self/fd').length
  const capture = async (pipes: Pipes, text = ''): Promise<string> => {
    const opened = await pipes.open()
    if (typeof opened.stdout === 'number' && text !== '') writeSync(opened.stdout, text)
    opened.begin({ pid: null, ended: new Promise(() => {}) })
    await opened.readRest()
    const { text: read } = opened
    opened.close()
    return read
  }

  it('leave no file behind, not even while they are open', async () => {
    const pipes = new Pipes([directory])
    const opened = await pipes.open()
    expect(opened).to.be.instanceOf(PipeCapture)
    expect(readdirSync(directory)).to.deep.equal([])
    opened.close()
  })

  it('are used again when nobody holds them, without what was printed before', async () => {
    const pipes = new Pipes([directory])
    await pipes.prepare()
    const before = descriptors()
    rmSync(directory, { recursive: true })
    expect(await capture(pipes, ' one \n')).to.equal('one')
    expect(await capture(pipes)).to.equal('')
    expect(await capture(pipes, 'two')).to.equal('two')
    expect(descriptors()).to.equal(before)
  })

  it('are not held open by whaleware itself once the hook has begun', async () => {
    const opened = await new Pipes([directory]).open()
    const before = descriptors()
    opened.begin({ pid: null, ended: new Promise(() => {}) })
    expect(descriptors()).to.equal(before - 1)
    opened.begin({ pid: null, ended: new Promise(() => {}) })
    opened.close()
    expect(descriptors()).to.equal(before - 1)
  })

  it('are prepared only once', async () => {
    const pipes = new Pipes([directory])
    await pipes.prepare()
    const before = descriptors()
    await pipes.prepare()
    expect(descriptors()).to.equal(before)
  })

  it('are closed when more than one is left', async () => {
    const pipes = new Pipes([directory])
    const before = descriptors()
    const opened = [await pipes.open(), await pipes.open()]
    for (const one of opened) one.close()
    expect(descriptors()).to.equal(before + 1)
  })

  it('have a name that nobody can guess', async () => {
    const { PATH } = process.env
    writeFileSync(`${directory}/mkfifo`, `#!/bin/sh\necho "$3" >>${directory}/names\nexit 1\n`, {
      mode: 0o755,
    })
    process.env.PATH = `${directory}:${PATH}`
    try {
      const pipes = new Pipes([directory])
      await pipes.open()
      await pipes.open()
    } finally {
      process.env.PATH = PATH
    }
    const names = readFileSync(`${directory}/names`, 'utf8').trimEnd().split('\n')
    expect(new Set(names).size).to.equal(2)
    for (const name of names) expect(name.slice(directory.length)).to.match(/^\/capture-[0-9a-f-]{36}$/)
  })

  it('are drained while somebody holds them, and closed when nobody does any more', async () => {
    const pipes = new Pipes([directory])
    const before = descriptors()
    const opened = await pipes.open()
    const holder = spawn('sleep', ['3600'], { stdio: ['ignore', Number(opened.stdout), 'ignore'] })
    opened.begin({ pid: null, ended: new Promise(() => {}) })
    opened.close()
    expect(pipes.held).to.equal(1)
    expect(await capture(pipes, 'meanwhile')).to.equal('meanwhile')
    expect(pipes.held).to.equal(1)
    const ended = new Promise((resolve) => holder.once('exit', resolve))
    holder.kill()
    await ended
    await capture(pipes)
    expect(pipes.held).to.equal(0)
    expect(descriptors()).to.equal(before + 1)
  })

  it('are drained also when others were held and are free again', async () => {
    const pipes = new Pipes([directory])
    const hold = async (script: string): Promise<void> => {
      const opened = await pipes.open()
      spawn('/bin/sh', ['-c', script], { stdio: ['ignore', Number(opened.stdout), 'ignore'] })
      opened.begin({ pid: null, ended: new Promise(() => {}) })
      opened.close()
    }
    const [free, printed] = [`${directory}/free`, `${directory}/printed`]
    await hold(`until [ -e ${free} ]; do sleep 0.01; done`)
    writeFileSync(free, '')
    await until(() => pipes.held === 0)
    // more than a pipe holds
    await hold(`head -c 200000 /dev/zero && : >${printed}`)
    await until(() => existsSync(printed))
  })

  it('are made in the next directory when the first does not exist', async () => {
    const pipes = new Pipes(['/there/is/no/such', directory])
    expect(await capture(pipes, 'there')).to.equal('there')
  })

  it('are made on a full disk', async function () {
    if (process.getuid?.() !== 0) this.skip()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'ignore' })
    } catch {
      // not permitted to mount here
      this.skip()
    }
    try {
      execFileSync('sh', ['-c', `cat /dev/zero > ${directory}/full 2>/dev/null || :`])
      expect(await capture(new Pipes([directory]), 'enough')).to.equal('enough')
    } finally {
      // the pipe is still open
      execFileSync('umount', ['-l', directory])
    }
  })

  it('are replaced by a socket where none can be made', async () => {
    expect(await new Pipes([]).open()).to.be.instanceOf(StreamCapture)
    expect(await new Pipes(['/proc']).open()).to.be.instanceOf(StreamCapture)
  })

  it('are replaced by a socket where there is no mkfifo', async () => {
    const { PATH } = process.env
    chmodSync(directory, 0o755)
    process.env.PATH = directory
    try {
      expect(await new Pipes([directory]).open()).to.be.instanceOf(StreamCapture)
    } finally {
      process.env.PATH = PATH
    }
  })
})

describe('StreamCapture', () => {
  it('has nothing without a process', async () => {
    const capture = new StreamCapture()
    capture.begin({ pid: null, ended: new Promise(() => {}) })
    await capture.readRest()
    expect([capture.text, capture.read()]).to.deep.equal(['', false])
    capture.close()
    expect(captureLimit).to.equal(1_048_576)
  })
})
