import { expect } from 'chai'
import { guessHook, hookVerbs, isHookName } from '../../ww/hooks/names.ts'

describe('isHookName', () => {
  it('is true for every verb, for serve-NAME and oneshot-NAME, and for what is scheduled', () => {
    const verbs = 'boot firstboot upgrade svcup serve warmup monitor pushstats lifecycle drain svcdown reload'
    for (const verb of verbs.split(' ')) expect(isHookName(verb, []), verb).to.equal(true)
    expect(hookVerbs).to.have.lengthOf(12)
    expect(isHookName('serve-php', [])).to.equal(true)
    expect(isHookName('oneshot-migrate', [])).to.equal(true)
    expect(isHookName('backup', ['backup'])).to.equal(true)
  })

  it('is false for anything else', () => {
    for (const name of [
      'serve-',
      'oneshot',
      'oneshot-',
      'Oneshot-x',
      'start',
      'Serve',
      'serve.sh',
      'backup',
      'xserve-php',
    ])
      expect(isHookName(name, []), name).to.equal(false)
  })
})

describe('guessHook', () => {
  const guesses: [string, string | undefined][] = [
    ['serve.sh', 'serve'],
    ['Serve', 'serve'],
    ['MONITOR.py', 'monitor'],
    ['serve_php', 'serve-php'],
    ['serve.worker', 'serve-worker'],
    ['oneshot_migrate', 'oneshot-migrate'],
    ['OneShot.x', 'oneshot-x'],
    ['one-shot-x', 'oneshot-x'],
    ['onehsot-x', 'oneshot-x'],
    ['sevre-php', 'serve-php'],
    ['server-php', 'serve-php'],
    ['oneshot.sh', undefined],
    ['helper-x', undefined],
    ['start', 'serve'],
    ['run.sh', 'serve'],
    ['stop', 'svcdown'],
    ['healthcheck', 'monitor'],
    ['health', 'monitor'],
    ['server', 'serve'],
    ['service', 'serve'],
    ['init', 'firstboot'],
    ['setup', 'firstboot'],
    ['migrate', 'upgrade'],
    ['my-serve-web', undefined],
    ['firstbot', 'firstboot'],
    ['warmpu', 'warmup'],
    ['helper', undefined],
  ]
  for (const [name, meant] of guesses)
    it(`finds ${meant ?? 'nothing'} for ${name}`, () => expect(guessHook(name, [])).to.equal(meant))

  it('finds nothing when the hook that was meant is there, too', () => {
    expect(guessHook('serve.sh', ['serve', 'serve.sh'])).to.equal(undefined)
  })
})
