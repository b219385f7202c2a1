import { expect } from 'chai'
import { guessHook, hookVerbs, isHookName } from '../../ww/hooks/names.ts'

describe('isHookName', () => {
  it('is true for every verb, for serve-NAME, and for what is scheduled', () => {
    for (const verb of hookVerbs) expect(isHookName(verb, []), verb).to.equal(true)
    expect(isHookName('serve-php', [])).to.equal(true)
    expect(isHookName('backup', ['backup'])).to.equal(true)
  })

  it('is false for anything else', () => {
    for (const name of ['serve-', 'start', 'Serve', 'serve.sh', 'backup', 'xserve-php'])
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
    ['start', 'serve'],
    ['run.sh', 'serve'],
    ['stop', 'svcdown'],
    ['healthcheck', 'monitor'],
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
