import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { colours, door, timed } from './charts.ts'
import { type SeenHistory, TestService } from './states.ts'

describe('the state of a machine over HTTP', () => {
  let service: TestService
  beforeEach(async () => {
    service = await new TestService().start(colours)
  })
  afterEach(() => service.remove())

  it('is asked and updated as in the source of the idea', async () => {
    expect(await service.status('GET /state?state=green_state')).to.equal(200)
    expect(await (await service.ask('GET /state?state=green_state')).text()).to.equal('green_state')
    expect(await service.status('GET /state?state=red_state')).to.equal(406)
    const put = await service.ask('PUT /state?state=green_state')
    expect([put.status, await put.text()]).to.deep.equal([200, 'green_state'])
    expect(await service.status('GET /state?state=green_state')).to.equal(200)
    expect(await service.status('PUT /state?state=green_state')).to.equal(200)
    expect(await service.status('GET /state?state=red_state')).to.equal(200)
    expect(await service.status('GET /state?state=green_state')).to.equal(406)
    expect(await service.status('PUT /state?state=green_state')).to.equal(500)
    expect(await service.status('PUT /state?state=red_state')).to.equal(200)
    expect(await service.status('GET /state?state=blue_state')).to.equal(200)
    expect(await service.status('PUT /state?state=blue_state')).to.equal(500)
  })

  it('needs a state, for GET and for PUT', async () => {
    expect(await service.status('GET /state')).to.equal(500)
    expect(await service.status('PUT /state')).to.equal(500)
  })

  it('is asked with HEAD as with GET', async () => {
    expect(await service.status('HEAD /state?state=green_state')).to.equal(200)
    expect(await service.status('HEAD /state?state=red_state')).to.equal(406)
    expect(await service.status('HEAD /state')).to.equal(500)
  })

  it('tells in words why it was refused', async () => {
    const answer = await service.ask('PUT /state?state=red_state')
    expect(await answer.json()).to.deep.equal({
      error: { code: 'not-current', message: 'red_state is not current: green_state is' },
    })
  })

  it('has a revision, for which alone a careful update is meant', async () => {
    const asked = await service.ask('GET /state?state=green_state')
    expect(asked.headers.get('etag')).to.equal('"0"')
    expect(await service.status('PUT /state?state=green_state', { 'if-match': '"0"' })).to.equal(200)
    expect(await service.status('PUT /state?state=green_state', { 'if-match': '"0"' })).to.equal(412)
    expect(await service.status('PUT /state?state=green_state', { 'if-match': 'W/"1"' })).to.equal(412)
    expect(await service.status('PUT /state?state=green_state', { 'if-match': '"7", "1"' })).to.equal(200)
    expect(await service.status('PUT /state?state=red_state', { 'if-match': '*' })).to.equal(200)
  })

  it('counts a retried update once, after a restart too', async () => {
    const headers = { 'idempotency-key': 'host-7' }
    for (let i = 0; i < 3; i++) {
      const answer = await service.ask('PUT /state?state=green_state', { headers })
      expect([answer.status, answer.headers.get('etag')]).to.deep.equal([200, '"1"'])
    }
    await service.stop()
    await service.start()
    expect(await service.status('PUT /state?state=green_state', headers)).to.equal(200)
    expect(await service.status('GET /state?state=green_state')).to.equal(200)
  })

  it('is that of each machine by its name', async () => {
    await service.make('deploy', colours)
    await service.make('door', door)
    expect(await service.status('PUT /machines/deploy/state?state=green_state')).to.equal(200)
    expect(await service.status('GET /machines/deploy/state?state=green_state')).to.equal(200)
    expect(await service.status('PUT /machines/door/state?state=closed&event=open')).to.equal(200)
    expect(await service.status('GET /machines/door/state?state=opened')).to.equal(200)
    expect(await service.status('PUT /machines/door/state?state=opened')).to.equal(500)
    expect(await service.status('PUT /machines/door/state?state=opened&event=open')).to.equal(409)
    expect(await service.status('GET /machines/nobody/state?state=a')).to.equal(404)
    expect(await service.status('PUT /machines/nobody/state?state=a')).to.equal(404)
  })

  describe('that is waited for', () => {
    it('is answered when it comes, and at once when it is there', async () => {
      expect(await service.status('GET /state?state=green_state&wait=10m')).to.equal(200)
      const waiting = service.status('GET /state?state=red_state&wait=10m')
      await service.status('PUT /state?state=green_state')
      await service.status('PUT /state?state=green_state')
      expect(await waiting).to.equal(200)
    })

    it('is answered also when it was there only for a moment', async () => {
      const waiting = service.status('GET /state?state=red_state&wait=10m')
      const both = [
        'PUT /state?state=green_state',
        'PUT /state?state=green_state',
        'PUT /state?state=red_state',
      ]
      await Promise.all(both.map((what) => service.status(what)))
      while (!(await service.status('GET /state?state=blue_state').then((status) => status === 200)))
        await Promise.all(both.map((what) => service.status(what)))
      expect(await waiting).to.equal(200)
    })

    it('is refused when the time is over, and when that is no time', async () => {
      expect(await service.status('GET /state?state=red_state&wait=20ms')).to.equal(406)
      expect(await service.status('GET /state?state=red_state&wait=soon')).to.equal(400)
    })

    it('is refused when the machine is removed', async () => {
      await service.make('a', colours)
      const waiting = service.status('GET /machines/a/state?state=red_state&wait=10m')
      await service.status('DELETE /machines/a')
      expect(await waiting).to.equal(404)
    })
  })

  describe('that goes by the clock', () => {
    const soon = (ms: number): string => new Date(Date.now() + ms).toISOString()

    it('moves at its time, by nobody else', async () => {
      await service.make('timed', timed(soon(300), soon(600)))
      expect(await service.status('PUT /machines/timed/state?state=state_1')).to.equal(500)
      expect(await service.status('GET /machines/timed/state?state=state_3&wait=1m')).to.equal(200)
      const { history } = await service.read<SeenHistory>('GET /machines/timed/history')
      expect(history.map(({ by, state }) => [by, state])).to.deep.equal([
        ['the clock', 'state_2'],
        ['the clock', 'state_3'],
      ])
    })

    it('moves late rather than never when nothing ran at its time', async () => {
      await service.make('timed', timed('3000-01-01T02:00:00'))
      await service.stop()
      const path = join(service.directory, 'timed.yaml')
      writeFileSync(path, readFileSync(path, 'utf8').replace('3000', '2000'))
      await service.start()
      expect(await service.status('GET /machines/timed/state?state=state_2&wait=1m')).to.equal(200)
    })
  })
})
