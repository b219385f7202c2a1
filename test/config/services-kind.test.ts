import { expect } from 'chai'
import type { JsonObject } from '../../ww/config/json.ts'
import { settingsOfService } from '../../ww/config/services-kind.ts'
import { refusalsOf, settingsOf } from './settings-of.ts'

const serviceOf = (name: string, ww: JsonObject) => settingsOfService(settingsOf(ww), name)
const refusals = (service: JsonObject) => refusalsOf({ services: { 'serve-php': service } })

describe('the settings of a service', () => {
  const defaults = {
    essential: false,
    user: null,
    cwd: null,
    env: {},
    signal: 'SIGTERM',
    after: [],
    ready: null,
    uses: [],
    onExit: 'restart',
    nice: 0,
  }

  it('have these defaults; of all services, serve alone is essential', () => {
    expect(serviceOf('serve-php', {})).to.deep.equal(defaults)
    expect(serviceOf('oneshot-x', { services: { 'oneshot-x': {} } })).to.deep.equal(defaults)
    expect(serviceOf('serve', {})).to.deep.equal({ ...defaults, essential: true })
    expect(serviceOf('serve', { services: { serve: { nice: 3 } } })).to.deep.equal({
      ...defaults,
      essential: true,
      nice: 3,
    })
    expect(serviceOf('toString', { services: { serve: {} } })).to.deep.equal(defaults)
  })

  it('are what is configured under the name of its hook', () => {
    const given = {
      essential: true,
      user: 'www-data',
      cwd: '/srv',
      env: { A: 'x', B: 3, C: false },
      signal: 'SIGQUIT',
      after: ['serve-db', 'oneshot-migrate'],
      ready: 'tcp:9000',
      uses: ['php.workers', 'php["a.b"]'],
      on_exit: 'stop',
      nice: -5,
    }
    expect(serviceOf('serve-php', { services: { 'serve-php': given } })).to.deep.equal({
      essential: true,
      user: 'www-data',
      cwd: '/srv',
      env: { A: 'x', B: '3', C: 'false' },
      signal: 'SIGQUIT',
      after: ['serve-db', 'oneshot-migrate'],
      ready: { address: 'tcp:9000' },
      uses: ['php.workers', 'php["a.b"]'],
      onExit: 'stop',
      nice: -5,
    })
  })

  it('treat null and an empty text as not given', () => {
    const given = { essential: null, user: '', cwd: '', signal: null, after: null, ready: '', nice: null }
    expect(serviceOf('serve-a', { services: { 'serve-a': given } })).to.deep.equal(defaults)
    expect(settingsOf({ services: { 'serve-a': null } }).services).to.deep.equal({})
    expect(settingsOf({ services: null }).services).to.deep.equal({})
  })

  it('may make serve a service that is not essential', () => {
    expect(serviceOf('serve', { services: { serve: { essential: false } } }).essential).to.equal(false)
  })

  it('have the signal of ww.serve.signal for serve, unless ww.services.serve.signal is given too', () => {
    const serve = { signal: 'SIGINT' }
    expect(serviceOf('serve', { serve }).signal).to.equal('SIGINT')
    expect(serviceOf('serve-php', { serve }).signal).to.equal('SIGTERM')
    const services = { serve: { signal: 'SIGTERM' } }
    expect(serviceOf('serve', { serve, services }).signal).to.equal('SIGTERM')
    expect(serviceOf('serve', { serve, services: { serve: { nice: 1 } } }).signal).to.equal('SIGINT')
  })
})

describe('ww.services', () => {
  it('suggests the nearest setting for an unknown one', () => {
    expect(refusals({ afer: [], esential: true, zzzzzzzz: 1 })).to.deep.equal([
      'ww.services.serve-php.afer is not a setting; did you mean ww.services.serve-php.after?',
      'ww.services.serve-php.esential is not a setting; did you mean ww.services.serve-php.essential?',
      'ww.services.serve-php.zzzzzzzz is not a setting',
    ])
    expect(refusalsOf({ servces: {} })).to.deep.equal([
      'ww.servces is not a setting; did you mean ww.services?',
    ])
  })

  it('names the key path of a wrong value, and all of them at once', () => {
    expect(
      refusals({
        essential: 1,
        user: 'a b',
        cwd: 'srv',
        env: [],
        signal: 'TERM',
        after: 'serve-db',
        ready: '5432',
        uses: 'a',
        on_exit: 'ignore',
        nice: 20,
      }),
    ).to.deep.equal([
      'ww.services.serve-php.essential: must be true or false, not 1',
      'ww.services.serve-php.user: must be the name of a user, or "uid" or "uid:gid", not "a b"',
      'ww.services.serve-php.cwd: must be an absolute path, not "srv"',
      'ww.services.serve-php.env: must be an object from variable to value, not []',
      'ww.services.serve-php.signal: must be the name of a signal, such as "SIGTERM", not "TERM"',
      'ww.services.serve-php.after: must be a list, not "serve-db"',
      'ww.services.serve-php.ready: "5432" has no kind; write tcp:5432',
      'ww.services.serve-php.uses: must be a list, not "a"',
      'ww.services.serve-php.on_exit: must be "restart" or "stop", not "ignore"',
      'ww.services.serve-php.nice: must be an integer from -20 to 19, not 20',
    ])
  })

  it('is an object of objects, whose keys are names of services', () => {
    expect(refusalsOf({ services: [] })).to.deep.equal([
      'ww.services: must be an object from service to its settings, not []',
    ])
    expect(refusalsOf({ services: { 'serve-a': true } })).to.deep.equal([
      'ww.services.serve-a: must be an object, not true',
    ])
    expect(refusalsOf({ services: { php: {}, 'Serve-x': {}, 'a b': {}, serve_y: {} } })).to.deep.equal([
      'ww.services.php: cannot be a service; did you mean serve-php?',
      'ww.services.Serve-x: cannot be a service; did you mean serve-x?',
      'ww.services.a b: cannot be a service; write serve, serve-NAME or oneshot-NAME',
      'ww.services.serve_y: cannot be a service; did you mean serve-y?',
    ])
  })

  it('is not changed by names that every object has', () => {
    const services = JSON.parse('{"__proto__": {"nice": 1}, "constructor": {}}')
    expect(refusalsOf({ services })).to.have.lengthOf(2)
    expect(refusals({ env: JSON.parse('{"__proto__": "x"}') })).to.deep.equal([])
    expect(Object.hasOwn(Object.prototype, 'nice')).to.equal(false)
  })

  it('refuses a cycle', () => {
    const services = {
      serve: { after: ['serve-php'] },
      'serve-php': { after: ['serve-nginx'] },
      'serve-nginx': { after: ['serve-php'] },
    }
    expect(refusalsOf({ services })).to.deep.equal([
      'ww.services: cycle: serve-php after serve-nginx after serve-php; remove one "after"',
    ])
    expect(refusals({ after: ['serve-php'] })).to.deep.equal([
      'ww.services: cycle: serve-php after serve-php; remove one "after"',
    ])
  })
})
