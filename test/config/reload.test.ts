import { rmSync } from 'node:fs'
import { expect } from 'chai'
import { formatChanges } from '../../ww/config/changes.ts'
import { loadConfiguration } from '../../ww/config/load.ts'
import { describeInline, type Reloaded, reloadConfiguration } from '../../ww/config/reload.ts'
import { Place } from './place.ts'

describe('a configuration that is loaded again', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())

  /** Loads, lets `change` happen, and loads again. */
  const reload = async (env: NodeJS.ProcessEnv, change: () => void): Promise<Reloaded> => {
    const home = { home: place.root }
    const inUse = await loadConfiguration(env, home)
    change()
    return reloadConfiguration(env, home, inUse)
  }
  const linesOf = (reloaded: Reloaded): readonly string[] =>
    reloaded.kind === 'loaded' ? formatChanges(reloaded.changes) : reloaded.problems

  it('has what changed in CFG_FILE, in a file that CFG names, in the defaults, and in a secret', async () => {
    const secret = place.write('secret', 'one\n')
    const file = place.write('cfg.json', { a: 1 })
    const named = place.write('named.json', { b: 1, db: { $file: secret } })
    place.write('etc/default_cfg.json', { c: 1 })
    const reloaded = await reload({ CFG_FILE: file, CFG: `@${named}` }, () => {
      place.write('secret', 'two\n')
      place.write('cfg.json', { a: 2 })
      place.write('named.json', { b: 2, db: { $file: secret } })
      place.write('etc/default_cfg.json', { c: 2 })
    })
    expect(linesOf(reloaded)).to.deep.equal([
      ...['~ a   1 -> 2', '~ b   1 -> 2', '~ c   1 -> 2', '~ db  (secret) changed'],
    ])
    if (reloaded.kind !== 'loaded') throw new Error('it was loaded')
    expect(reloaded.configuration.config).to.deep.equal({ a: 2, b: 2, c: 2, db: 'two' })
    expect(reloaded.hint).to.equal(null)
  })

  it('has no changes where there are none', async () => {
    const file = place.write('cfg.json', { a: 1, ww: { monitor: { every: '5s' } } })
    const reloaded = await reload({ CFG_FILE: file }, () =>
      place.write('cfg.json', '{"ww":{"monitor":{"every":"5s"}},"a":1}'),
    )
    expect(linesOf(reloaded)).to.deep.equal([])
  })

  it('says that JSON in CFG cannot change, and what can all the same', async () => {
    const file = place.write('cfg.json', { a: 1, b: 1 })
    const reloaded = await reload({ CFG_FILE: file, CFG: '{"a": 7}' }, () =>
      place.write('cfg.json', { a: 2, b: 2 }),
    )
    expect(linesOf(reloaded)).to.deep.equal(['~ b  1 -> 2'])
    expect(reloaded).to.have.property(
      'hint',
      'CFG is JSON, and the environment of a container cannot change; mount a file and set CFG to its path',
    )
    expect(describeInline({ CFG: ' {"a": 1}' })).not.to.equal(null)
    for (const env of [
      {},
      { CFG: '' },
      { CFG: ' ' },
      { CFG: '/etc/a.json' },
      { CFG: ' @a.json' },
      { CFG: './a' },
    ])
      expect(describeInline(env), JSON.stringify(env)).to.equal(null)
  })

  it('is invalid as it would be at a boot, with every problem', async () => {
    const file = place.write('cfg.json', { port: 80 })
    place.write('etc/cfg.schema.json', { properties: { port: { type: 'integer' } } })
    const reloaded = await reload({ CFG_FILE: file }, () =>
      place.write('cfg.json', { port: 'http', ww: { timeout: 1 } }),
    )
    expect(reloaded.kind).to.equal('invalid')
    expect(linesOf(reloaded)).to.deep.equal([
      `${file}:1: ww.timeout is not a setting; did you mean ww.timeouts?`,
      `${file}:1: port: must be an integer, not "http"`,
    ])
  })

  it('is invalid when it is cut short or gone', async () => {
    const file = place.write('cfg.json', { a: 1 })
    const cut = await reload({ CFG_FILE: file }, () => place.write('cfg.json', '{"a":'))
    expect(linesOf(cut).join()).to.match(/cfg\.json:1: column 6: expected a value, found the end$/)
    place.write('cfg.json', { a: 1 })
    const gone = await reload({ CFG_FILE: file }, () => rmSync(file))
    expect(linesOf(gone).join()).to.match(
      /^CFG_FILE: cannot read .*: no such file; mount it, or correct CFG_FILE$/,
    )
  })
})
