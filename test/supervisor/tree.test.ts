import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { hasEnvironment, listProcesses } from '../../ww/processes/list.ts'
import { type Tree, urlOf, writeTree } from '../helpers/tree.ts'
import { until } from '../helpers/until.ts'

type Shown = { url: string; state: string; pid: number | null; restarts: number }

/** Asks for a path of a supervisor or a leaf; null when nobody answers. */
async function ask(port: number, path: string): Promise<{ status: number; body: string } | null> {
  try {
    const response = await fetch(`${urlOf(port)}${path}`)
    return { status: response.status, body: await response.text() }
  } catch {
    return null
  }
}

async function targetsOf(port: number): Promise<Shown[]> {
  const answer = await ask(port, 'state')
  return answer ? JSON.parse(answer.body).targets : []
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await until(() => servers.every(({ listening }) => listening))
  const ports = servers.map((server) => {
    const address = server.address()
    return typeof address === 'object' && address ? address.port : 0
  })
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))))
  return ports
}

describe('a tree of supervisors', () => {
  let directory: string
  let top: ChildProcess
  let ports: number[]
  const seen = new Map<number, Set<string>>()
  const [topPort, left, right] = [() => ports[0] ?? 0, () => ports[1] ?? 0, () => ports[2] ?? 0]

  const command = (): string[] => {
    const tree: Tree = {
      port: topPort(),
      targets: [
        { port: left(), targets: ports.slice(3, 5) },
        { port: right(), targets: ports.slice(5, 7) },
      ],
    }
    return writeTree(tree, directory, 300)
  }
  const start = (): void => {
    const [program = '', ...args] = command()
    const log = openSync(join(directory, 'log'), 'a')
    top = spawn(program, args, {
      stdio: ['ignore', log, log],
      env: { ...process.env, WW_TREE: directory },
    })
    closeSync(log)
  }
  const ours = (): number[] =>
    listProcesses()
      .map(({ pid }) => pid)
      .filter((pid) => hasEnvironment(pid, `WW_TREE=${directory}`))
  /** Looks at every supervisor, noting each state that is seen, until the whole tree runs. */
  const allRun = (): Promise<void> =>
    until(async () => {
      for (const port of [topPort(), left(), right()])
        for (const { state } of await targetsOf(port))
          seen.set(port, (seen.get(port) ?? new Set()).add(state))
      return (await ask(topPort(), ''))?.status === 200
    }, 'the tree to run')
  const pidOf = async (port: number, target: number): Promise<number> => {
    const found = (await targetsOf(port)).find(({ url }) => url === urlOf(target))?.pid
    if (!found) throw new Error(`no process at ${target}`)
    return found
  }
  const leaf = (): number => ports[3] ?? 0

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'ww-tree-'))
    ports = await freePorts(7)
    start()
    await allRun()
  })
  after(() => {
    for (const pid of ours()) process.kill(pid, 'SIGKILL')
    rmSync(directory, { recursive: true })
  })

  it('is brought up whole by starting the one at the top', async () => {
    expect(await targetsOf(topPort())).to.have.length(2)
    for (const port of [left(), right()])
      expect((await targetsOf(port)).map(({ state }) => state)).to.deep.equal(['RUNNING', 'RUNNING'])
  })

  it('shows on its way up what is down, being started, pending and running', () => {
    const log = readFileSync(join(directory, 'log'), 'utf8')
    for (const port of [left(), right(), ...ports.slice(3)])
      for (const state of ['DOWN', 'PROVISIONING', 'RUNNING'])
        expect(log).to.contain(`${urlOf(port)}: ${state}: `)
    expect([...(seen.get(topPort()) ?? [])]).to.include.members(['PROVISIONING', 'PENDING', 'RUNNING'])
    expect([...(seen.get(left()) ?? []), ...(seen.get(right()) ?? [])]).to.include.members([
      'PROVISIONING',
      'RUNNING',
    ])
  })

  it('has a leaf that answers with errors killed and started again, and its parents go through 503 back to 200', async () => {
    const before = await pidOf(left(), leaf())
    await ask(leaf(), 'httpStatus?code=500')
    await until(async () => (await ask(left(), ''))?.status === 503, 'the parent to answer 503')
    await until(async () => (await ask(topPort(), ''))?.status === 503, 'the top to answer 503')
    await allRun()
    expect(await pidOf(left(), leaf())).to.not.equal(before)
  })

  for (const [name, at] of [
    ['a leaf', () => [left(), leaf()] as const],
    ['a supervisor in the middle', () => [topPort(), left()] as const],
  ] as const)
    it(`heals when ${name} is killed with -9`, async () => {
      const [port, target] = at()
      const before = await pidOf(port, target)
      process.kill(before, 'SIGKILL')
      await until(async () => {
        const now = (await targetsOf(port)).find(({ url }) => url === urlOf(target))
        return now?.state === 'RUNNING' && now.pid !== before
      }, 'another process in its place')
      await allRun()
    })

  it('adopts what runs when the top itself was killed with -9, and starts nothing twice', async () => {
    const before = await Promise.all([pidOf(topPort(), left()), pidOf(left(), leaf())])
    top.kill('SIGKILL')
    await until(async () => (await ask(topPort(), '')) === null)
    start()
    await allRun()
    expect(await Promise.all([pidOf(topPort(), left()), pidOf(left(), leaf())])).to.deep.equal(before)
  })

  it('leaves no process behind when its top is told to /kill', async () => {
    const exited = new Promise((done) => top.once('exit', done))
    expect((await ask(topPort(), 'kill'))?.status).to.equal(200)
    expect(await exited).to.equal(0)
    expect(ours()).to.deep.equal([])
  })
})
