import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { decideUpdate } from '../../ww/states/decide.ts'
import { FileStore } from '../../ww/states/file-store.ts'
import { readMachine } from '../../ww/states/read-yaml.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import { colours, recordOf } from './charts.ts'

const count = (record: MachineRecord) => decideUpdate(record, { by: 'me', at: 'now', key: 'k' })
const refusal = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'it was taken',
    (error: Error) => error.message,
  )

describe('a file store', () => {
  const made: string[] = []
  const makeDirectory = (): string => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-states-'))
    made.push(directory)
    return directory
  }
  after(() => {
    for (const directory of made) rmSync(directory, { recursive: true })
  })

  it('has everything again after it was closed: state, counts, history and keys', async () => {
    const directory = makeDirectory()
    const store = await FileStore.open({ directory })
    await store.create('a', recordOf(colours))
    await store.update('a', count)
    const before = await store.read('a')
    await store.close()
    const again = await FileStore.open({ directory })
    expect(JSON.stringify(await again.read('a'))).to.equal(JSON.stringify(before))
    await again.close()
  })

  describe('in a chart', () => {
    let chart = ''
    let directory = ''
    let store: FileStore | null
    const open = async (): Promise<FileStore> => {
      store = await FileStore.open({ directory, chart })
      return store
    }
    beforeEach(() => {
      const root = makeDirectory()
      chart = join(root, 'states.yaml')
      directory = join(root, 'machines')
      store = null
      writeFileSync(chart, colours)
    })
    afterEach(() => store?.close())

    it('leaves the chart as its author wrote it until something changes, and its comments after that', async () => {
      chmodSync(chart, 0o640)
      await open()
      expect(readFileSync(chart, 'utf8')).to.equal(colours)
      await store?.update('default', count)
      const text = readFileSync(chart, 'utf8')
      expect(text.startsWith(colours.replace('value: 0', 'value: 1'))).to.equal(true)
      expect(statSync(chart).mode & 0o777).to.equal(0o640)
      expect(parse(text)).to.deep.include({ current_state: 'green_state', revision: 1, keys: { k: 1 } })
    })

    it('keeps a readable chart after many restarts, with the last comment of its author', async () => {
      writeFileSync(chart, `${colours}# the end\n`)
      for (let i = 0; i < 3; i++) {
        await open()
        await store?.update('default', (record) => decideUpdate(record, { by: 'me', at: 'now' }))
        await store?.close()
      }
      const text = readFileSync(chart, 'utf8')
      expect(text.match(/# the end/g)?.length).to.equal(1)
      expect(text.match(/# Kept by/g)?.length).to.equal(1)
      expect(text).to.contain('# who may go')
      expect(parse(text)).to.deep.include({ current_state: 'blue_state', revision: 3 })
      store = null
    })

    for (const [what, text] of [
      ['JSON', JSON.stringify(parse(colours))],
      ['aliases', colours.replace('value: 0', 'value: &none 0').replace('value: 0', 'value: *none')],
      ['a document of its own', `---\n${colours}...\n`],
      ['names that are no plain words', colours.replaceAll('green_state', '"it is: green"')],
      ['values of its own', `${colours}note: {owner: me}\n`],
    ] as const) {
      it(`keeps a chart written as ${what}`, async () => {
        writeFileSync(chart, text)
        await open()
        await store?.update('default', count)
        const read = readMachine(readFileSync(chart, 'utf8'))
        expect('record' in read && JSON.stringify(read.record)).to.equal(
          JSON.stringify(await store?.read('default')),
        )
      })
    }

    it('does not remove it', async () => {
      const opened = await open()
      expect(await refusal(opened.remove('default'))).to.contain('kept in its chart')
      expect(existsSync(chart)).to.equal(true)
    })

    it('refuses it when it is damaged, with the line, and leaves it as it is', async () => {
      const damaged = colours.replace('current_state: green_state', 'current_state: gre')
      writeFileSync(chart, damaged)
      expect(await refusal(open())).to.contain(`${chart}:2: "current_state": "gre" is no state`)
      expect(readFileSync(chart, 'utf8')).to.equal(damaged)
    })
  })

  it('keeps names of every kind, in linear and in general charts', async () => {
    const directory = makeDirectory()
    const store = await FileStore.open({ directory })
    const names = [
      'a: b',
      '- x',
      '# c',
      'null',
      '1',
      'yes',
      ' lead',
      'tail ',
      'two\nlines',
      '"',
      "'",
      '\u2028\u0085é💥',
      '{}',
      '[',
      '!t',
      '&a',
      '*b',
      '%',
      '@',
      '`',
      '__proto__',
      '\t',
      '\u0000',
      '\ufeff',
      '\ud800',
      'x'.repeat(500),
    ]
    const made = names.flatMap((name) => [
      {
        current_state: name,
        states: [
          {
            name,
            func: 'increment',
            current: { key: name, value: 0 },
            target: { name, when: { key: 'k', value: 9 } },
          },
        ],
      },
      { initial: name, states: Object.fromEntries([[name, { on: Object.fromEntries([[name, name]]) }]]) },
    ])
    const kept: string[] = []
    for (const [index, chart] of made.entries()) {
      await store.create(`m${index}`, recordOf(JSON.stringify(chart)))
      await store.update(`m${index}`, (record) =>
        decideUpdate(record, {
          by: 'me',
          at: 'now',
          ...(index % 2 && { event: names[(index - 1) / 2] ?? '' }),
        }),
      )
      kept.push(JSON.stringify(await store.read(`m${index}`)))
    }
    await store.close()
    const again = await FileStore.open({ directory })
    for (const [index, before] of kept.entries())
      expect(JSON.stringify(await again.read(`m${index}`))).to.equal(before)
    expect(kept.filter((text) => text.includes('"revision":1,')).length).to.equal(made.length)
    await again.close()
  })

  it('refuses a directory with a damaged file, by its name and line, and leaves it as it is', async () => {
    const directory = makeDirectory()
    const path = join(directory, 'deploy.yaml')
    for (const damaged of [
      '',
      colours.slice(0, -20),
      colours.replace('green', '\0'),
      `${colours}revision: many\n`,
    ]) {
      writeFileSync(path, damaged)
      expect(await refusal(FileStore.open({ directory })), damaged).to.match(/deploy\.yaml:\d+: /)
      expect(readFileSync(path, 'utf8')).to.equal(damaged)
    }
  })

  it('lets only one at a directory, until that one is closed', async () => {
    const directory = makeDirectory()
    const first = await FileStore.open({ directory })
    expect(await refusal(FileStore.open({ directory }))).to.contain(`another ww states has ${directory}`)
    await first.close()
    await (await FileStore.open({ directory })).close()
  })

  it('clears away what a kill in the middle of a write has left', async () => {
    const directory = makeDirectory()
    writeFileSync(join(directory, '.a.yaml.tmp'), 'half')
    const store = await FileStore.open({ directory })
    expect(existsSync(join(directory, '.a.yaml.tmp'))).to.equal(false)
    await store.close()
  })

  it('fails an update that cannot be written, and keeps the machine as it was', async () => {
    const directory = makeDirectory()
    const store = await FileStore.open({ directory })
    await store.create('a', recordOf(colours))
    rmSync(directory, { recursive: true })
    expect(await refusal(store.update('a', count))).to.contain(
      `cannot keep ${join(directory, 'a.yaml')}: ENOENT`,
    )
    expect((await store.read('a'))?.revision).to.equal(0)
    await store.close()
    made.splice(made.indexOf(directory), 1)
  })
})
