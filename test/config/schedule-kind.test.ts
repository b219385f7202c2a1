import { expect } from 'chai'
import type { JsonValue } from '../../ww/config/json.ts'
import { schedules } from '../../ww/config/schedule-kind.ts'
import { refusalsOf } from './settings-of.ts'

const read = (value: JsonValue) => schedules(7000).read(value)

describe('ww.schedule', () => {
  it('has a cron expression for each hook, or an object', () => {
    expect(
      read({
        backup: '0 3 * * *',
        tidy: { cron: '* * * * *', splay: '5m', timeout: '1m', timezone: 'UTC' },
        'a.b-c_1': { cron: '1 * * * *', splay: null },
      }),
    ).to.deep.equal({
      backup: { cron: '0 3 * * *', splay: 0, timeout: 7000, timezone: null },
      tidy: { cron: '* * * * *', splay: 300_000, timeout: 60_000, timezone: 'UTC' },
      'a.b-c_1': { cron: '1 * * * *', splay: 0, timeout: 7000, timezone: null },
    })
  })

  const cases: [schedule: JsonValue, lines: string[]][] = [
    ['backup', ['ww.schedule: must be an object from hook to cron expression, not "backup"']],
    [
      { backup: 5 },
      [
        'ww.schedule.backup: must be a cron expression or an object with cron, splay, timeout, timezone, not 5',
      ],
    ],
    [
      { '../x': '* * * * *' },
      ['ww.schedule["../x"]: cannot be a hook; a hook is the name of a file in usr/'],
    ],
    [
      { backup: { corn: 'now' } },
      [
        'ww.schedule.backup.cron is missing; write a cron expression, such as "0 3 * * *"',
        'ww.schedule.backup.corn is not a setting; did you mean ww.schedule.backup.cron?',
      ],
    ],
    [{ backup: { cron: '* * * * *', zzzzzz: 1 } }, ['ww.schedule.backup.zzzzzz is not a setting']],
    [{ backup: { cron: 5 } }, ['ww.schedule.backup.cron: must be a string, not 5']],
    [
      { backup: { cron: '* * * * *', splay: 5, timeout: '0s', timezone: 1 } },
      [
        'ww.schedule.backup.splay: 5 has no unit; write "5s"',
        'ww.schedule.backup.timeout: must be greater than 0, not "0s"',
        'ww.schedule.backup.timezone: must be a string, not 1',
      ],
    ],
    [
      { a: 1, b: 2 },
      [
        'ww.schedule.a: must be a cron expression or an object with cron, splay, timeout, timezone, not 1',
        'ww.schedule.b: must be a cron expression or an object with cron, splay, timeout, timezone, not 2',
      ],
    ],
  ]
  for (const [schedule, lines] of cases) {
    it(`refuses ${JSON.stringify(schedule)}`, () => {
      expect(refusalsOf({ schedule })).to.deep.equal(lines)
    })
  }
})
