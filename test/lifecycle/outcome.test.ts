import { expect } from 'chai'
import type { HookResult, ProcessEnd } from '../../ww/lifecycle/hook.ts'
import {
  describeEnd,
  describeHook,
  factsOf,
  outcomeOf,
  refused,
  refusesRestart,
  succeeded,
} from '../../ww/lifecycle/outcome.ts'

const ended = (end: ProcessEnd): HookResult => ({ kind: 'ended', end, ms: 310, output: '' })
const exited = (code: number): HookResult => ended({ kind: 'exited', code })
const killed = (outOfMemory: boolean): ProcessEnd => ({ kind: 'killed', signal: 'SIGKILL', outOfMemory })
const unrunnable: ProcessEnd = { kind: 'unrunnable', reason: '/ww/usr/boot is a directory' }
const cut = { ms: 4, abandoned: false }

/** Each kind of result: the sentence, whether it succeeded, whether it must not be repeated, the facts. */
const cases: [result: HookResult, sentence: string, ok: boolean, final: boolean, facts: string[]][] = [
  [{ kind: 'absent' }, 'no boot hook', true, false, []],
  [exited(0), 'boot succeeded', true, false, ['310 ms']],
  [exited(3), 'boot exited with code 3', false, false, ['310 ms']],
  [exited(125), 'boot exited with code 125, which means "don\'t try again"', false, true, ['310 ms']],
  [ended(killed(false)), 'boot was killed by SIGKILL', false, false, ['310 ms']],
  [ended(killed(true)), 'boot was killed by SIGKILL (out of memory)', false, false, ['310 ms']],
  [ended(unrunnable), 'boot cannot be run: /ww/usr/boot is a directory', false, true, []],
  [{ kind: 'timedOut', limit: 300_000, output: '', ...cut }, 'boot timed out after 5 min', false, false, []],
  [
    { kind: 'timedOut', limit: 300_000, output: '', ms: 4, abandoned: true },
    'boot timed out after 5 min and could not be killed',
    false,
    false,
    [],
  ],
  [{ kind: 'aborted', ...cut }, 'boot was ended', false, false, []],
  [{ kind: 'aborted', ms: 4, abandoned: true }, 'boot was ended and could not be killed', false, false, []],
  [{ kind: 'flooded', ...cut }, 'boot printed more than 1 MiB', false, false, []],
]

describe('the result of a hook', () => {
  for (const [result, sentence, ok, final, facts] of cases) {
    it(`"${sentence}" ${ok ? 'is' : 'is no'} success${final ? ', and not tried again' : ''}`, () => {
      expect(describeHook('boot', result)).to.equal(sentence)
      expect([succeeded(result), refused(result)]).to.deep.equal([ok, final])
      expect(factsOf(result)).to.deep.equal(facts)
      expect(outcomeOf('boot', result)).to.deep.equal({
        event: ok ? 'ok' : 'failed',
        reason: sentence,
        facts,
      })
    })
  }
})

describe('the end of a service', () => {
  it('is described by its exit code or signal, also when the code is 0', () => {
    expect(describeEnd('serve', { kind: 'exited', code: 0 })).to.equal('serve exited with code 0')
    expect(describeEnd('serve', killed(true))).to.equal('serve was killed by SIGKILL (out of memory)')
  })

  it('is final with 125, or when it cannot be run', () => {
    const ends: ProcessEnd[] = [
      { kind: 'exited', code: 125 },
      unrunnable,
      { kind: 'exited', code: 1 },
      killed(false),
    ]
    expect(ends.map(refusesRestart)).to.deep.equal([true, true, false, false])
  })
})
