import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { expect } from 'chai'
import { listSourceFiles, watchSourceFiles } from '../../ww/config/source-files.ts'
import { until } from '../helpers/until.ts'
import { Place } from './place.ts'

describe('the files of a configuration', () => {
  let place: Place
  let stop: AbortController
  let watching: Promise<void>
  let calls: number
  beforeEach(() => {
    place = new Place()
    stop = new AbortController()
    watching = Promise.resolve()
    calls = 0
  })
  afterEach(async () => {
    stop.abort()
    await watching
    place.remove()
  })

  const watch = (
    list: () => readonly string[],
    onChange: () => Promise<void> | void = () => {},
    interval = 5,
  ): void => {
    const count = (): Promise<void> | void => {
      calls += 1
      return onChange()
    }
    watching = watchSourceFiles(list, stop.signal, count, interval)
  }

  it('are the defaults, the schema, what CFG_FILE and CFG name, and those of secrets, each once', () => {
    const home = { home: '/ww' }
    const fixed = ['/ww/etc/default_cfg.json', '/ww/etc/defaults.json', '/ww/etc/cfg.schema.json']
    expect(listSourceFiles({}, home, {})).to.deep.equal(fixed)
    expect(listSourceFiles({ CFG: '{"a": 1}', CFG_FILE: '' }, home, { a: 1 })).to.deep.equal(fixed)
    const written = {
      a: { $file: '/s/a' },
      list: [{ $file: '/s/b' }, { c: { $file: '/s/a' } }],
      d: { $file: 7 },
    }
    expect(listSourceFiles({ CFG: '@/b.json', CFG_FILE: '/a.json' }, home, written)).to.deep.equal([
      ...[...fixed, '/a.json', '/b.json', '/s/a', '/s/b'],
    ])
  })

  it('are watched: one that is written, replaced, removed or created is a change', async () => {
    const file = place.write('a.json', { a: 1 })
    watch(() => [file, place.at('b.json')])
    const changes: [what: string, change: () => void][] = [
      ['written', () => place.write('a.json', { a: 22 })],
      ['replaced', () => renameSync(place.write('new.json', { a: 33 }), file)],
      ['removed', () => rmSync(file)],
      ['created', () => place.write('b.json', {})],
    ]
    for (const [index, [what, change]] of changes.entries()) {
      change()
      await until(() => calls === index + 1, `the file that was ${what}`)
    }
  })

  it('are followed through links, as a mounted ConfigMap replaces them', async () => {
    for (const name of ['one', 'two']) place.write(`${name}/cfg.json`, { name })
    symlinkSync('one', place.at('data'))
    mkdirSync(place.at('mounted'))
    symlinkSync('../data/cfg.json', place.at('mounted/cfg.json'))
    watch(() => [place.at('mounted/cfg.json')])
    symlinkSync('two', place.at('next'))
    renameSync(place.at('next'), place.at('data'))
    await until(() => calls === 1)
  })

  it('that are written in pieces are one change, once nothing follows', async () => {
    const file = place.write('a.json', '')
    watch(
      () => [file],
      () => {},
      100,
    )
    for (let size = 1; size < 30; size++) {
      place.write('a.json', 'x'.repeat(size))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => calls > 0)
    expect(calls).to.be.lessThan(5)
  })

  it('that change while a change is applied are another change; others that are named then are none', async () => {
    const file = place.write('a.json', '1')
    const other = place.write('b.json', '1')
    let files = [file]
    watch(
      () => files,
      () => {
        files = [file, other]
        if (calls === 1) place.write('a.json', '333')
      },
    )
    place.write('a.json', '22')
    await until(() => calls === 2)
    place.write('b.json', '22')
    await until(() => calls === 3)
  })
})
