import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { programWords } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'

describe('ww supervise', () => {
  let directory: string
  let service: Server
  let answer = 200
  let url: string
  const running: ChildProcess[] = []

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ww-supervise-'))
    service = createServer((_, response) => response.writeHead(answer).end()).listen(0, '127.0.0.1')
    await until(() => service.listening)
    url = `http://127.0.0.1:${portOf(service)}`
  })
  afterEach(() => {
    answer = 200
    for (const child of running.splice(0)) child.kill('SIGKILL')
  })
  after(() => {
    service.close()
    rmSync(directory, { recursive: true })
  })

  const portOf = (server: Server): number => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  }
  const write = (targets: unknown): string => {
    const file = join(directory, 'targets.json')
    writeFileSync(file, typeof targets === 'string' ? targets : JSON.stringify(targets))
    return file
  }
  const once = (...args: string[]) => {
    const [file, ...words] = programWords('supervise', ...args)
    return spawnSync(file, words, { encoding: 'utf8', timeout: 10_000 })
  }
  const serve = async (targets: unknown): Promise<string> => {
    const free = createServer().listen(0, '127.0.0.1')
    await until(() => free.listening)
    const port = portOf(free)
    await new Promise((done) => free.close(done))
    const [file, ...words] = programWords('supervise', write(targets), `127.0.0.1:${port}`)
    const child = spawn(file, words, { stdio: 'ignore' })
    running.push(child)
    const base = `http://127.0.0.1:${port}`
    await until(async () => (await fetch(base).catch(() => null)) !== null, 'the supervisor')
    return base
  }
  const status = async (address: string, init?: RequestInit): Promise<number> =>
    (await fetch(address, init)).status

  it('answers 200 when all its targets run, 503 until then, or what it is told to', async () => {
    answer = 503
    const base = await serve({ [url]: { every: '50ms' } })
    expect(await status(base)).to.equal(503)
    answer = 200
    await until(async () => (await status(base)) === 200)
    expect(await status(`${base}/httpStatus?code=500`)).to.equal(200)
    expect(await status(base)).to.equal(500)
    expect(await status(`${base}/httpStatus?code=`, { method: 'POST' })).to.equal(200)
    expect(await status(base)).to.equal(200)
    for (const code of ['99', '600', 'abc', '2000'])
      expect(await status(`${base}/httpStatus?code=${code}`)).to.equal(400)
  })

  it('lists its targets for programs, terminals, browsers and Prometheus', async () => {
    const base = await serve({ [url]: { every: '50ms' } })
    await until(async () => (await status(base)) === 200)
    const json = (await (await fetch(`${base}/state`)).json()) as { targets: Record<string, unknown>[] }
    expect(json.targets).to.have.length(1)
    expect(json.targets[0]).to.include({
      url,
      state: 'RUNNING',
      restarts: 0,
      pid: null,
      reason: 'answered 200',
    })
    expect(json.targets[0]).to.have.nested.property('lastPing.code', 200)
    const text = async (accept: string, path = 'state'): Promise<string> =>
      (await fetch(`${base}/${path}`, { headers: { accept } })).text()
    expect(await text('text/plain')).to.match(new RegExp(`^TARGET .*\n${url} +RUNNING +`))
    expect(await text('text/html')).to.contain(`<td>${url}</td><td>RUNNING</td>`)
    expect(await text('*/*', 'metrics')).to.contain(`whaleware_target_state{url="${url}",state="RUNNING"} 1`)
    expect(await status(`${base}/restart?target=http://nobody`)).to.equal(404)
  })

  it('draws the tree below it', async () => {
    const base = await serve({ [url]: { every: '50ms' } })
    await until(async () => (await status(base)) === 200)
    const { stdout, status: code } = once('--watch', base)
    expect(stdout).to.match(new RegExp(`^${base} RUNNING for \\d+ s\n└─ ${url} RUNNING for \\d+ s\n$`))
    expect(code).to.equal(0)
    expect(once('--watch', 'http://127.0.0.1:1')).to.include({ status: 1 })
  })

  it('starts a target as configured, and ends it by its stop command', async () => {
    const port = await new Promise<number>((done) => {
      const free = createServer().listen(0, '127.0.0.1', () => {
        const found = portOf(free)
        free.close(() => done(found))
      })
    })
    const target = `http://127.0.0.1:${port}`
    const script = join(directory, 'service.mjs')
    writeFileSync(
      script,
      "import { createServer } from 'node:http'; createServer((_, r) => r.end(process.env.WORD + process.cwd())).listen(process.argv[2])",
    )
    const done = join(directory, 'stopped')
    const base = await serve({
      [target]: {
        run: `echo $$ > pid; exec '${process.execPath}' '${script}' ${port}`,
        stop: `kill $(cat pid) && echo "$WORD" > '${done}'`,
        ...{ env: { WORD: 'hello' }, cwd: directory, every: '50ms' },
      },
    })
    await until(async () => (await status(base)) === 200)
    expect(await (await fetch(target)).text()).to.equal(`hello${directory}`)
    const exited = new Promise((resolve) => running[0]?.once('exit', resolve))
    running[0]?.kill('SIGTERM')
    expect(await exited).to.equal(0)
    expect(await fetch(target).catch(() => 'gone')).to.equal('gone')
    expect(spawnSync('cat', [done], { encoding: 'utf8' }).stdout).to.equal('hello\n')
  })

  const mistakes: [string, () => string[], number, RegExp][] = [
    ['no configuration', () => [], 2, /takes CONF/],
    ['an address that is none', () => [write({}), 'here'], 2, /"here" is no address/],
    ['a file that is not there', () => ['/nowhere.json'], 78, /cannot use \/nowhere.json/],
    ['malformed JSON', () => [write('{')], 78, /targets.json/],
    ['a misspelt key', () => [write({ [url]: { rum: 'x' } })], 78, /".rum is no setting; did you mean run\?/],
    [
      'a user that is not there',
      () => [write({ [url]: { user: 'nobody-here' } })],
      78,
      /there is no user nobody-here/,
    ],
    [
      'a directory that is not there',
      () => [write({ [url]: { cwd: '/nowhere' } })],
      78,
      /cwd: there is no \/nowhere/,
    ],
    [
      'a port that is taken',
      () => [write({}), `127.0.0.1:${portOf(service)}`],
      1,
      /cannot listen at .*\(pid \d+\) has it/,
    ],
  ]
  for (const [what, args, code, message] of mistakes)
    it(`is refused with ${what}: one line, exit ${code}`, () => {
      const { status: exit, stderr } = once(...args())
      expect(stderr)
        .to.match(message)
        .and.match(/^[^\n]+\n$/)
      expect(exit).to.equal(code)
    })
})
