import { expect } from 'chai'
import { checkSchedules } from '../../ww/config/check-schedules.ts'
import { linesOf } from './settings-of.ts'

const schedule = (cron: string, timezone: string | null = null) => ({ cron, timezone, splay: 0, timeout: 1 })

describe('the times of schedules', () => {
  it('may be any cron expression, with or without a time zone', async () => {
    expect(await checkSchedules({})).to.deep.equal([])
    const schedules = { a: schedule('0 3 * * *'), b: schedule('*/5 * * * * *', 'Europe/Prague') }
    expect(await checkSchedules(schedules)).to.deep.equal([])
  })

  it('are refused where they are not valid, all at once', async () => {
    const problems = await checkSchedules({
      backup: schedule('at three'),
      'a.b': schedule('0 3 * * *', 'Europe/Prag'),
    })
    expect(linesOf(problems)).to.deep.equal([
      'ww.schedule.backup: must be a cron expression, such as "0 3 * * *", not "at three"',
      'ww.schedule["a.b"].timezone: must be a time zone, such as "Europe/Prague", not "Europe/Prag"',
    ])
    expect(problems[0]?.safe).to.equal('must be a cron expression, such as "0 3 * * *"')
  })
})
