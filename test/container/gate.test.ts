import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import type { ServerContainer } from './server-container.ts'
import { buildFrom, docker, makeVolume, removeServers, startServer } from './server-images.ts'

const base = process.env.WW_IMAGE ?? 'whaleware'
const token = 'a-token-that-is-long-enough-for-anybody'
const turn = (name: string, next: string): string =>
  `- { name: ${name}, func: increment, current: { key: done, value: 0 }, target: { name: ${next}, when: { key: done, value: 1 } } }\n`
const turns = `current_state: one\nstates:\n${turn('one', 'two')}${turn('two', 'three')}${turn('three', 'end')}- name: end\n`

/** Migrates until the file `go` is there, and writes down when it begins and ends and who does so at the same time. */
const migrate = `#!/bin/sh
name=$(ww cfg gate.state)
mkdir /shared/migrating || echo "$name overlaps" >>/shared/log
echo "$name begins" >>/shared/log
until [ -e "/shared/go-$name" ]; do sleep 0.1; done
echo "$name ends" >>/shared/log
rmdir /shared/migrating
`

describe('instances at a gate', () => {
  let network: string
  let shared: string
  let image: string
  let states: string
  let service: ServerContainer

  const start = (state: string): Promise<ServerContainer> => {
    const gate = { url: 'http://states:5000', state, timeout: '60s', token }
    return startServer(image, { gate }, '--network', network, '-v', `${shared}:/shared`)
  }
  const isIn = async (state: string, ...instances: ServerContainer[]): Promise<void> => {
    for (const one of instances)
      await until(async () => (await one.sh('ww status')).includes(state), `it is in ${state}`, 60_000)
  }
  const log = (): Promise<string> => service.sh('cat /shared/log 2>/dev/null || true')
  const go = (name: string): Promise<string> => service.sh(`touch /shared/go-${name}`)

  before(async () => {
    image = await buildFrom('whaleware-test-gate', {
      Dockerfile: `FROM ${base}
RUN cp /ww/usr-scripts/gate/gate /ww/usr-scripts/gate/upgrade /ww/usr/
COPY ww /ww
RUN chmod +x /ww/usr/* /ww/usr/gated/*
`,
      'ww/usr/gated/upgrade': migrate,
      'ww/usr/serve': '#!/bin/sh\nexec sleep 1000\n',
    })
    states = await buildFrom('whaleware-test-gate-states', {
      Dockerfile: `FROM ${base}\nCOPY ww /ww\nRUN chmod +x /ww/usr/*\n`,
      'ww/usr/serve': '#!/bin/sh\nexec ww states --chart /ww/files/turns.yaml --data /data --host 0.0.0.0\n',
      'ww/files/turns.yaml': turns,
    })
  })

  beforeEach(async () => {
    network = await docker('network', 'create', `whaleware-test-gate-${process.pid}`)
    shared = await makeVolume()
    const options = ['--network', network, '--network-alias', 'states', '-v', `${shared}:/shared`]
    service = await startServer(states, {}, ...options, '-e', `WW_STATES_TOKENS=operator=${token}`)
    await service.isUp()
  })

  afterEach(async () => {
    await removeServers()
    await docker('network', 'rm', network)
  })

  it('upgrade in their turns while the others hold, and boot again without waiting', async () => {
    const three = await start('three')
    const two = await start('two')
    await isIn('UPGRADING', three, two)
    const one = await start('one')
    await until(async () => (await log()) === 'one begins', 'the first one migrates')
    await isIn('UPGRADING', one, two, three)
    for (const name of ['three', 'two', 'one']) await go(name)
    for (const instance of [one, two, three]) await instance.isUp()
    const order = ['one', 'two', 'three'].flatMap((name) => [`${name} begins`, `${name} ends`])
    expect((await log()).split('\n')).to.deep.equal(order)
    await docker('restart', two.id)
    await two.isUp()
    expect((await log()).split('\n').slice(6)).to.deep.equal(['two begins', 'two ends'])
  })

  it('wait for one that dies in its turn, which is still its own when it starts again', async () => {
    const one = await start('one')
    const two = await start('two')
    await until(async () => (await log()) === 'one begins', 'the first one migrates')
    await docker('kill', one.id)
    await service.sh('rmdir /shared/migrating')
    await go('two')
    await go('one')
    await isIn('UPGRADING', two)
    await docker('start', one.id)
    await one.isUp()
    await two.isUp()
    const order = ['one begins', 'one begins', 'one ends', 'two begins', 'two ends']
    expect((await log()).split('\n')).to.deep.equal(order)
  })

  it('go on without one that never comes back, when somebody passes its turn on', async () => {
    const one = await start('one')
    const two = await start('two')
    await until(async () => (await log()) === 'one begins', 'the first one migrates')
    await docker('kill', one.id)
    await service.sh('rmdir /shared/migrating')
    await go('two')
    await isIn('UPGRADING', two)
    await service.sh(`ww states done http://states:5000 one --token ${token}`)
    await two.isUp()
    expect((await log()).split('\n').at(-1)).to.equal('two ends')
  })
})
