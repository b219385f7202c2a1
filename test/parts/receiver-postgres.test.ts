import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'pg'
import { applyEvent } from '../../ww/receiver/instance-record.ts'
import type { InstanceRecord } from '../../ww/receiver/model.ts'
import { migrate } from '../../ww/receiver/postgres-schema.ts'
import { openPostgresStore } from '../../ww/receiver/postgres-store.ts'
import type { FleetStore } from '../../ww/receiver/store.ts'
import { makeBoot } from '../helpers/fleet-events.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { RealPostgres } from '../helpers/real-postgres.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'
import { until } from '../helpers/until.ts'
import { describeFleetStore } from '../receiver/store-conformance.ts'

describe('a fleet in PostgreSQL', () => {
  let postgres: RealPostgres
  before(async () => {
    postgres = await new RealPostgres().start()
  })
  after(() => postgres.remove())
  const openAlone = (url: string): Promise<FleetStore> => openPostgresStore(url, () => {})
  const opened: FleetStore[] = []
  const open = async (url: string): Promise<FleetStore> => {
    const store = await openAlone(url)
    opened.push(store)
    return store
  }
  afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())))

  describeFleetStore('PostgreSQL', async () => {
    const url = await postgres.database()
    return { store: await openAlone(url), reopen: () => openAlone(url) }
  })

  it('is told to every receiver on it, in order and once', async () => {
    const url = await postgres.database()
    const stores = await Promise.all([open(url), open(url), open(url)])
    const told: string[][] = stores.map((store) => {
      const ids: string[] = []
      store.watch(({ events }) => ids.push(...events.map(({ id }) => id)))
      return ids
    })
    const boots = stores.map((_, index) => makeBoot(`boot${index}`, { instance: `web-${index % 2}` }))
    await Promise.all(
      Array.from({ length: 300 }, (_, index) => {
        const [store, boot] = [stores[index % 3], boots[index % 3]]
        const event = boot?.pushed(index + 1, { index }, index)
        // the same event through two receivers counts once
        return event && Promise.all([store?.append([event]), stores[(index + 1) % 3]?.append([event])])
      }),
    )
    await until(() => told.every((ids) => ids.length >= 300), 'all are told of all')
    expect(told[0]).to.have.length(300)
    expect(told[1]).to.deep.equal(told[0])
    expect(told[2]).to.deep.equal(told[0])
    const records = await Promise.all(stores.map((store) => store.records()))
    expect(records[1]).to.have.deep.members([...(records[0] ?? [])])
  })

  it('loses nothing that was acknowledged when PostgreSQL is gone for a while, and goes on by itself', async () => {
    const url = await postgres.database()
    const [one, other] = await Promise.all([open(url), open(url)])
    const boot = makeBoot('a')
    const told: string[] = []
    other.watch(({ events }) => told.push(...events.map(({ id }) => id)))
    await one.append([boot.entered(1, 'UP', 1)])
    await postgres.stop()
    expect(await one.append([boot.entered(2, 'STOPPED', 2)]).catch(String)).to.match(
      /^UserError: cannot write postgres:\/\/127\.0\.0\.1:\d+\/fleet_\d+: /,
    )
    await postgres.start()
    await until(
      () =>
        one.append([boot.entered(3, 'UP', 3)]).then(
          () => true,
          () => false,
        ),
      'it is written again',
    )
    await until(() => told.includes('a-3'), 'the other one hears again')
    expect(told).to.deep.equal(['a-1', 'a-3'])
  })

  it('is told later what could not be read at once', async () => {
    const url = await postgres.database()
    const query = (text: string) => postgres.query(text, new URL(url).pathname.slice(1))
    const store = await open(url)
    const told: string[] = []
    store.watch(({ events }) => told.push(...events.map(({ id }) => id)))
    const boot = makeBoot('a')
    await store.append([boot.entered(1, 'UP', 1)])
    // events can be read, the records of their instances cannot
    const locker = new Client({ connectionString: url })
    await locker.connect()
    await locker.query('BEGIN; LOCK TABLE ww_instances')
    await query(
      `INSERT INTO ww_events (id, instance, kind, at, event) VALUES
         ('shop:web-1 a-2', 'shop:web-1', 'lifecycle', 2, '${JSON.stringify(boot.entered(2, 'STOPPED', 2))}');
       NOTIFY ww_fleet`,
    )
    const cutOff = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'SELECT record%'`
    await until(async () => (await query(cutOff)).length > 0, 'it reads')
    await locker.query('ROLLBACK; NOTIFY ww_fleet')
    await locker.end()
    await until(() => told.length > 1, 'it is told')
    expect(told).to.deep.equal(['a-1', 'a-2'])
  })

  it('is forgotten by every receiver on it once one of them has forgotten', async () => {
    const url = await postgres.database()
    const [one, other] = await Promise.all([open(url), open(url)])
    await one.append([makeBoot('a').entered(1, 'STOPPED', 0)])
    await other.records()
    const day = 86_400_000
    const retention = { stats: day, minutes: day, hours: day, events: day, instances: day, bytes: 1e12 }
    const tidy = async (store: FleetStore): Promise<readonly string[]> => {
      const { more, gone } = await store.tidy(retention, 10 * day)
      return more ? tidy(store) : gone
    }
    expect(await tidy(one)).to.deep.equal(['shop:web-1'])
    expect(await tidy(other)).to.deep.equal(['shop:web-1'])
    expect(await tidy(other)).to.deep.equal([])
  })

  it('is brought up from the first version, with all that is in it', async () => {
    const url = await postgres.database()
    const boot = makeBoot('a')
    const events = [boot.entered(1, 'UP', 1), boot.pushed(2, { load: 1 }, 2)]
    const record = events.reduce<InstanceRecord | null>(applyEvent, null)
    const client = new Client({ connectionString: url })
    await client.connect()
    await migrate(client, 1)
    const text = 'INSERT INTO ww_events (id, instance, kind, at, event) VALUES ($1, $2, $3, $4, $5)'
    for (const event of events)
      await client.query(text, [event.id, 'shop:web-1', event.kind, event.at, JSON.stringify(event)])
    await client.query('INSERT INTO ww_instances VALUES ($1, $2)', ['shop:web-1', JSON.stringify(record)])
    await client.end()
    const store = await open(url)
    expect(await store.records()).to.deep.equal([record])
    expect((await store.eventsOf('shop:web-1', 9)).map(({ id }) => id)).to.deep.equal(['a-2', 'a-1'])
    expect(await store.append(events)).to.deep.equal({ kept: 0, duplicates: 2 })
  })

  it('is told of as out of reach while PostgreSQL is gone, whatever is asked of it', async () => {
    const receiver = await new RealReceiver([], await postgres.database()).start()
    const status = async (path: string, init?: RequestInit): Promise<number> =>
      (await fetch(`${receiver.url}${path}`, init)).status
    const report = { method: 'POST', body: 'UP' }
    expect(await status('/v1/instances/web/state', report)).to.equal(200)
    await postgres.stop()
    expect(await status('/v1/instances/web/state', report)).to.equal(503)
    expect(await status('/v1/events')).to.equal(503)
    expect(await status('/v1/instances/web/events')).to.equal(503)
    expect(await status('/v1/instances'), 'the fleet is known all the same').to.equal(200)
    await postgres.start()
    await until(async () => (await status('/v1/events')) === 200, 'it answers again')
    await receiver.remove()
  })

  it('has one receiver that tells the webhooks, and another that goes on when that one is gone', async () => {
    const webhook = await new MisbehavingServer().start()
    const root = mkdtempSync(join(tmpdir(), 'ww-alerts-'))
    const file = join(root, 'alerts.yaml')
    const rules = 'rules: [{name: error, status: ERROR, resolve: 1s}]\ngather: 1s\n'
    writeFileSync(file, `${rules}webhooks: [{url: "${webhook.url}"}]\n`)
    const url = await postgres.database()
    const receivers = [new RealReceiver(['--alerts', file], url), new RealReceiver(['--alerts', file], url)]
    const told = (): string[] => webhook.received.map(({ body }) => JSON.parse(body).text.split(',')[0])
    const report = async ({ url }: RealReceiver, instance: string): Promise<void> => {
      const answer = await fetch(`${url}/v1/instances/${instance}/state`, { method: 'POST', body: 'ERROR' })
      expect(answer.status).to.equal(200)
    }
    const fires = async (receiver: RealReceiver): Promise<boolean> =>
      (await receiver.read<{ alerts: unknown[] }>('/v1/alerts')).alerts.length > 0
    try {
      const [first, second] = [await receivers[0]?.start(), await receivers[1]?.start()]
      if (!first || !second) throw new Error('there are two')
      await report(second, 'one')
      await until(() => webhook.received.length > 0, 'the webhook is told')
      await until(async () => (await fires(first)) && (await fires(second)), 'both know')
      await first.end('SIGKILL')
      await report(second, 'two')
      await until(() => webhook.received.length > 1, 'the other goes on')
      expect(told()).to.deep.equal(['one: ERROR', 'two: ERROR'])
    } finally {
      await Promise.all(receivers.map((receiver) => receiver.remove()))
      await webhook.stop()
      rmSync(root, { recursive: true })
    }
  })

  it('refuses a database that is not there, in one line and without the password', async () => {
    const refusal = await open(postgres.url('nowhere')).catch(String)
    expect(refusal).to.match(
      /^UserError: cannot open postgres:\/\/127\.0\.0\.1:\d+\/nowhere: .*does not exist$/,
    )
    expect(refusal).to.not.contain('secret')
  })

  it('is shared by two receivers: what one is told, the other shows', async () => {
    const url = await postgres.database()
    const [one, other] = [new RealReceiver([], url), new RealReceiver([], url)]
    await Promise.all([one.start(), other.start()])
    await fetch(`${one.url}/v1/instances/backup/state`, { method: 'POST', body: 'UP' })
    await until(async () => {
      const { instances } = await other.read<{ instances: { state: string }[] }>('/v1/instances')
      return instances[0]?.state === 'UP'
    }, 'the other one to show it')
    expect(one.log).to.not.contain('secret')
    await Promise.all([one.remove(), other.remove()])
  })
})
