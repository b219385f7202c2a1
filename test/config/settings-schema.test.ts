import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { renderSettingsSchema } from '../../ww/config/settings-schema.ts'
import { refusalsOf } from './settings-of.ts'

const etc = resolve(import.meta.dirname, '../../etc')
const readJson = (name: string) => JSON.parse(readFileSync(join(etc, name), 'utf8'))

describe('the JSON Schema of the settings', () => {
  it('that is shipped is the one that the table makes', () => {
    expect(readJson('settings.schema.json')).to.deep.equal(renderSettingsSchema())
  })

  it('takes the shipped defaults', () => {
    expect(accepts(readJson('default_cfg.json').ww)).to.equal(true)
  })

  const accepts = new Ajv2020({ strict: false }).compile(renderSettingsSchema())
  const isRead = (ww: JsonObject): boolean => refusalsOf(ww).length === 0
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
    [{ notify: { secret: 'whsec_c2VjcmV0' } }, true],
    [{ notify: { secret: 'secret' } }, false],
    [{ serve: { signal: 'SIGNAL' } }, false],
    [{ kill_after: '2' }, false],
    [{ allow_downgrade: 'yes' }, false],
    [{ notify: { url: '', secret: '' }, listen: '' }, true],
    [{ restart: { warmup: true } }, true],
    [
      { services: { serve: { essential: false }, 'serve-php.8': {}, 'oneshot-x': { after: ['serve'] } } },
      true,
    ],
    [{ services: { serve: { user: 'www-data', cwd: '/srv', env: { A: 'x', B: 3 }, nice: -20 } } }, true],
    [{ services: { serve: { user: 33, ready: 'notify', on_exit: 'stop', uses: ['a.b'] } } }, true],
    [{ services: { serve: { ready: 'tcp:5432', signal: 'SIGINT', nice: 19 } } }, true],
    [{ services: { serve: { ready: 'tcp://db:5432', user: '1:2' } } }, true],
    [{ services: { serve: { ready: 'http://localhost/', user: '', cwd: '' } } }, true],
    [{ services: { php: {} } }, false],
    [{ services: { 'serve-': {} } }, false],
    [{ services: { serve: 5 } }, false],
    [{ services: [] }, false],
    [{ services: { serve: { esential: true } } }, false],
    [{ services: { serve: { after: ['php'] } } }, false],
    [{ services: { serve: { after: 'serve-php' } } }, false],
    [{ services: { serve: { ready: 'db:5432' } } }, false],
    [{ services: { serve: { user: 'a b' } } }, false],
    [{ services: { serve: { cwd: 'srv' } } }, false],
    [{ services: { serve: { env: { WW_RUN: 'x' } } } }, false],
    [{ services: { serve: { env: { A: {} } } } }, false],
    [{ services: { serve: { nice: 20 } } }, false],
    [{ services: { serve: { nice: 0.5 } } }, false],
    [{ services: { serve: { on_exit: 'ignore' } } }, false],
    [{ services: { serve: { uses: ['.'] } } }, false],
  ]
  for (const [ww, good] of cases) {
    it(`${good ? 'takes' : 'refuses'} ${JSON.stringify(ww)}, as whaleware does`, () => {
      expect([accepts(ww), isRead(ww)]).to.deep.equal([good, good])
    })
  }

  it('has the description and the default of each, and marks what has no effect', () => {
    const { properties } = JSON.parse(JSON.stringify(renderSettingsSchema()))
    expect(properties.kill_after).to.deep.equal({
      description: 'from SIGTERM to SIGKILL for a hook past its limit',
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
      default: '2s',
    })
    expect(properties.listen).to.not.have.property('default')
    expect(properties.restart.properties.warmup.deprecated).to.equal(true)
    expect(properties.restart.properties.limit).to.not.have.property('deprecated')
    expect(properties.restart).to.include({ type: 'object', additionalProperties: false })
  })
})
