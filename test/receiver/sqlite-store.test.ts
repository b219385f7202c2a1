import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'chai'
import { SqliteStore } from '../../ww/receiver/sqlite-store.ts'
import { makeBoot } from '../helpers/fleet-events.ts'
import { describeFleetStore } from './store-conformance.ts'

describe('a fleet in SQLite', () => {
  let directory: string
  let file: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-sqlite-'))
    file = join(directory, 'fleet.db')
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  describeFleetStore('SQLite', async () => ({
    store: new SqliteStore(file),
    reopen: async () => new SqliteStore(file),
  }))

  it('belongs to one process alone', () => {
    const store = new SqliteStore(file)
    expect(() => new SqliteStore(file)).to.throw(/cannot open .*: another process has it open/)
    return store.close()
  })

  it('refuses a file that is none of its own, and one of a newer version, and leaves them alone', () => {
    writeFileSync(file, 'no database at all, and long enough to be looked at as one '.repeat(20))
    expect(() => new SqliteStore(file)).to.throw(/cannot open .*: file is not a database/)
    const newer = join(directory, 'newer.db')
    const database = new DatabaseSync(newer)
    database.exec('PRAGMA user_version = 99; CREATE TABLE x (y)')
    database.close()
    expect(() => new SqliteStore(newer)).to.throw(/a newer version of whaleware has used it/)
  })

  it('refuses what a full disk cannot take, all of it, and goes on when there is room again', async () => {
    const store = new SqliteStore(file)
    const boot = makeBoot('a')
    const big = { text: 'x'.repeat(5000) }
    await store.append([boot.entered(1, 'UP', 1)])
    await store.close()
    // SQLite's own limit gives the error of a full disk
    const limited = new SqliteStore(file, { pages: 20 })
    const failed = await limited
      .append(Array.from({ length: 50 }, (_, i) => boot.pushed(i + 2, big, i)))
      .catch(String)
    expect(failed).to.match(/UserError: cannot write .*fleet.db: database or disk is full/)
    expect(await limited.eventsAfter(0, 9)).to.have.length(1)
    expect((await limited.records())[0]).to.include({ sequence: 1 })
    expect(await limited.append([boot.pushed(2, {}, 2)])).to.include({ kept: 1 })
    await limited.close()
  })
})
