import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { readSettings } from '../../ww/config/read-settings.ts'
import { findIdleSettings, findServiceProblems } from '../../ww/config/service-problems.ts'
import { linesOf, settingsOf } from './settings-of.ts'

describe('findServiceProblems', () => {
  const find = (services: JsonObject, hooks: string[]): string[] =>
    linesOf(findServiceProblems(settingsOf({ services }).services, hooks))

  it('finds nothing where every service has a hook', () => {
    expect(find({}, [])).to.deep.equal([])
    expect(find({ serve: { after: ['oneshot-x'] } }, ['serve', 'oneshot-x'])).to.deep.equal([])
  })

  it('names the nearest hook that can be a service', () => {
    expect(find({ 'serve-php': {} }, ['monitor', 'serve-phpfpm', 'serve'])).to.deep.equal([
      'ww.services.serve-php: there is no hook serve-php; did you mean serve-phpfpm?',
    ])
    expect(find({ 'serve-x': {} }, ['server-x'])).to.deep.equal([
      'ww.services.serve-x: there is no hook serve-x; add usr/serve-x, or remove it here',
    ])
  })

  it('finds names in after, by their place', () => {
    const services = { serve: { after: ['serve-db', 'oneshot-migate'] } }
    expect(find(services, ['serve', 'serve-db', 'oneshot-migrate'])).to.deep.equal([
      'ww.services.serve.after.1: there is no hook oneshot-migate; did you mean oneshot-migrate?',
    ])
  })

  it('quotes a name with a dot', () => {
    expect(find({ 'serve-php8.3': {} }, ['serve-php8.2'])).to.deep.equal([
      'ww.services["serve-php8.3"]: there is no hook serve-php8.3; did you mean serve-php8.2?',
    ])
  })
})

describe('findIdleSettings', () => {
  const find = (services: JsonObject): string[] =>
    linesOf(findIdleSettings(settingsOf({ services }).services))
  const all = { essential: false, ready: 'notify', uses: ['a'], on_exit: 'stop' }

  it('finds what has no effect on a one-shot', () => {
    expect(find({ 'oneshot-x': { ...all, nice: 1, user: 'root', after: [], env: {} } })).to.deep.equal([
      'ww.services.oneshot-x.essential has no effect on a one-shot; remove it',
      'ww.services.oneshot-x.ready has no effect on a one-shot; remove it',
      'ww.services.oneshot-x.uses has no effect on a one-shot; remove it',
      'ww.services.oneshot-x.on_exit has no effect on a one-shot; remove it',
    ])
  })

  it('finds nothing in services, nor what is the default', () => {
    expect(find({ 'serve-x': all, 'oneshot-y': { uses: [], on_exit: 'restart', cwd: '/' } })).to.deep.equal(
      [],
    )
  })

  it('is a warning, and no error', () => {
    const { problems, warnings } = readSettings(
      { ww: { services: { 'oneshot-x': { ready: 'notify' } } } },
      'one',
    )
    expect([linesOf(problems), linesOf(warnings)]).to.deep.equal([
      [],
      ['ww.services.oneshot-x.ready has no effect on a one-shot; remove it'],
    ])
  })
})
