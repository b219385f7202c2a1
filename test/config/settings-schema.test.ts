import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { readSettings } from '../../ww/config/read-settings.ts'
import { drawSettingsSchema } from '../../ww/config/settings-schema.ts'

const etc = resolve(import.meta.dirname, '../../etc')
const readJson = (name: string) => JSON.parse(readFileSync(join(etc, name), 'utf8'))

describe('the JSON Schema of the settings', () => {
  it('that is shipped is the one that is drawn from the table', () => {
    expect(readJson('settings.schema.json')).to.deep.equal(drawSettingsSchema())
  })

  it('takes the shipped defaults', () => {
    expect(accepts(readJson('default_cfg.json').ww)).to.equal(true)
  })

  const accepts = new Ajv2020({ strict: false }).compile(drawSettingsSchema())
  const isRead = (ww: JsonObject): boolean => {
    try {
      return Boolean(readSettings({ ww }, 'one'))
    } catch {
      return false
    }
  }
  const cases: [JsonObject, boolean][] = [
    [{}, true],
    [{ app: 'shop', labels: { zone: 'a', rack: 3 }, listen: ':8080', requires: ['tcp://db:5432'] }, true],
    [{ schedule: { backup: '0 3 * * *', tidy: { cron: '* * * * *', splay: '5m' } } }, true],
    [{ stop: { grace: '20s', sweep: '0s' }, on_error: 'hold', listen: 80 }, true],
    [{ notify: { url: 'http://receiver/', keep: 5 }, serve: { signal: 'SIGINT' } }, true],
    [{ stop: { grace: 20 } }, false],
    [{ stop: { grace: '0s' } }, false],
    [{ stop: { grce: '20s' } }, false],
    [{ monitr: {} }, false],
    [{ monitor: { failures: 0 } }, false],
    [{ restart: { jitter: 2 } }, false],
    [{ on_error: 'wait' }, false],
    [{ requires: ['tcp://db'] }, false],
    [{ listen: 'here' }, false],
    [{ notify: { url: 'receiver' } }, false],
    [{ schedule: { backup: { corn: 'x' } } }, false],
    [{ labels: { a: {} } }, false],
  ]
  for (const [ww, good] of cases) {
    it(`${good ? 'takes' : 'refuses'} ${JSON.stringify(ww)}, as whaleware does`, () => {
      expect([accepts(ww), isRead(ww)]).to.deep.equal([good, good])
    })
  }
})
