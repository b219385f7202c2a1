import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { awaitState } from '../../ww/states/await-state.ts'
import { Changes } from '../../ww/states/changes.ts'
import { decideUpdate } from '../../ww/states/decide.ts'
import { openEtcdStore } from '../../ww/states/etcd-store.ts'
import { readMachine } from '../../ww/states/read-yaml.ts'
import { programWords } from '../helpers/program.ts'
import { freePorts, type RealEtcd, startEtcd } from '../helpers/real-etcd.ts'
import { until } from '../helpers/until.ts'

const turn = (name: string, next: string): string =>
  `- { name: ${name}, func: increment, current: { key: n, value: 0 }, target: { name: ${next}, when: { key: n, value: 1 } } }\n`
const chart = `current_state: one\nstates:\n${turn('one', 'two')}${turn('two', 'three')}- name: three\n`

describe('ww states on etcd', () => {
  let root: string
  let etcd: RealEtcd
  const ends: (() => Promise<unknown>)[] = []

  /** Starts a replica as a process of its own; resolves when it serves, with what kills it. */
  const startReplica = async (): Promise<{ url: string; kill(): Promise<unknown> }> => {
    const [port] = await freePorts(1)
    const places = ['--chart', join(root, 'turns.yaml'), '--store', etcd.address()]
    const [file, ...args] = programWords('states', ...places, '--port', String(port))
    const child = spawn(file, args, { stdio: 'ignore' })
    const exit = once(child, 'exit')
    const kill = (): Promise<unknown> => {
      child.kill('SIGKILL')
      return exit
    }
    ends.push(kill)
    const url = `http://127.0.0.1:${port}`
    await until(
      () =>
        fetch(`${url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      `${url} serves`,
    )
    return { url, kill }
  }
  const put = (url: string, state: string): Promise<Response> =>
    fetch(`${url}/state?state=${state}`, { method: 'PUT' })

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'ww-states-'))
    writeFileSync(join(root, 'turns.yaml'), chart)
    etcd = await startEtcd()
  })

  afterEach(async () => {
    await Promise.all(ends.splice(0).map((end) => end()))
    await etcd.stop()
    rmSync(root, { recursive: true })
  })

  it('is one machine, whichever replica is asked, and outlives each of them', async () => {
    const [one, two] = await Promise.all([startReplica(), startReplica()])
    const held = fetch(`${two.url}/state?state=two&wait=1m`)
    expect((await put(one.url, 'one')).status).to.equal(200)
    expect((await held).status, 'who waits at another replica goes on').to.equal(200)
    await one.kill()
    expect((await put(two.url, 'two')).status).to.equal(200)
    const three = await startReplica()
    expect((await fetch(`${three.url}/state?state=three`)).status).to.equal(200)
    const { history } = (await (await fetch(`${three.url}/machines/default/history`)).json()) as {
      history: unknown[]
    }
    expect(history).to.have.length(2)
  })

  it('answers 503 and why while etcd is away, and goes on when it is back', async () => {
    const { url } = await startReplica()
    await etcd.members[0]?.kill()
    const [read, write] = await Promise.all([fetch(`${url}/state?state=one`), put(url, 'one')])
    expect([read.status, write.status]).to.deep.equal([503, 503])
    expect(write.headers.get('retry-after')).to.equal('1')
    expect(await write.text()).to.match(/cannot reach etcd at 127\.0\.0\.1:\d+/)
    await etcd.members[0]?.start()
    expect((await put(url, 'one')).status).to.equal(200)
    expect((await put(url, 'one')).status, 'it moved by one state').to.equal(500)
  })

  it('lets one go on who waits for a state that lasted but a moment', async () => {
    const machine = readMachine(chart)
    if (!('record' in machine)) throw new Error('the chart is wrong')
    const store = await openEtcdStore(etcd.address())
    ends.push(() => store.close())
    await store.create('turns', machine.record)
    const changes = new Changes(store)
    const seen = awaitState(store, changes, 'turns', 'two', 60_000, new AbortController().signal)
    await store.read('turns')
    // both come together, and are kept by one transaction
    const update = { by: 'test', at: '2026-11-21T00:00:00Z' }
    await Promise.all([1, 2].map(() => store.update('turns', (record) => decideUpdate(record, update))))
    expect(await seen).to.deep.include({ state: 'two', revision: 1 })
    expect((await store.read('turns'))?.state).to.equal('three')
  })
})
