import { chmodSync, mkdirSync } from 'node:fs'
import { relative } from 'node:path'
import { expect } from 'chai'
import { readLayers } from '../../ww/config/layers.ts'
import { Place, refusal } from './place.ts'

describe('the layers of the configuration', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())
  const read = (env: NodeJS.ProcessEnv) => readLayers(env, { home: place.root })

  it('are none without CFG and defaults', async () => {
    expect(await read({})).to.deep.equal([])
    expect(await read({ CFG: '', CFG_FILE: '' })).to.deep.equal([])
    expect(await read({ CFG: ' \n' })).to.deep.equal([])
  })

  it('are the defaults, then CFG_FILE, then CFG; files with their text', async () => {
    const defaults = place.write('etc/default_cfg.json', '{"a":1}')
    const file = place.write('mine.json', '{"a":2}')
    expect(await read({ CFG: ' {"a":3} ', CFG_FILE: file })).to.deep.equal([
      { source: defaults, value: { a: 1 }, text: '{"a":1}' },
      { source: file, value: { a: 2 }, text: '{"a":2}' },
      { source: 'CFG', value: { a: 3 } },
    ])
  })

  it('may have the original whaleware’s defaults.json, when there is no default_cfg.json', async () => {
    const old = place.write('etc/defaults.json', '{"a":1}')
    expect((await read({}))[0]?.source).to.equal(old)
    const defaults = place.write('etc/default_cfg.json', '{"a":2}')
    expect((await read({})).map(({ source }) => source)).to.deep.equal([defaults])
  })

  it('are read from a file that CFG names, with @ or as a path', async () => {
    const file = place.write('mine.json', '{"a":1}')
    for (const CFG of [file, `@${file}`, `./${relative('.', file)}`, relative('.', file)])
      expect((await read({ CFG }))[0]?.value, CFG).to.deep.equal({ a: 1 })
    expect((await read({ CFG: `@${file}` }))[0]?.source).to.equal(file)
  })

  it('name a file that cannot be read, and by what it was named', async () => {
    expect(await refusal(read({ CFG: '@/no/such.json' }))).to.deep.equal([
      'CFG: cannot read /no/such.json: no such file; mount it, or put the JSON itself in CFG',
    ])
    expect(await refusal(read({ CFG_FILE: '/no/such.json' }))).to.deep.equal([
      'CFG_FILE: cannot read /no/such.json: no such file; mount it, or correct CFG_FILE',
    ])
    mkdirSync(place.at('etc/default_cfg.json'), { recursive: true })
    const path = place.at('etc/default_cfg.json')
    expect(await refusal(read({}))).to.deep.equal([
      `${path}: cannot read ${path}: it is a directory; correct the image`,
    ])
  })

  it('name a file that may not be read', async function () {
    if (process.getuid?.() === 0) this.skip()
    const file = place.write('mine.json', '{}')
    chmodSync(file, 0)
    expect((await refusal(read({ CFG: file })))[0]).to.contain('permission denied')
  })

  it('must be objects', async () => {
    expect(await refusal(read({ CFG: '[1]' }))).to.deep.equal([
      `CFG: must be a JSON object; write JSON, such as CFG='{"a": 1}'`,
    ])
    const file = place.write('mine.json', '5')
    expect(await refusal(read({ CFG_FILE: file }))).to.deep.equal([`${file}: must be a JSON object`])
  })

  it('report what is wrong with each of them at once', async () => {
    place.write('etc/default_cfg.json', '{')
    expect(await refusal(read({ CFG: '[1]', CFG_FILE: '/no/such' }))).to.have.length(3)
  })
})
