import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { isUtc, offsetAt } from '../../ww/base/time-zone.ts'

describe('the time zone', () => {
  let directory = ''
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-zone-'))
  })
  after(() => rmSync(directory, { recursive: true }))

  for (const name of ['UTC', ':UTC', 'UTC0', 'Etc/UTC', 'GMT', 'Zulu', '/usr/share/zoneinfo/Etc/UTC'])
    it(`is UTC for TZ=${name}`, () => expect(isUtc(name, '/absent')).to.equal(true))

  for (const name of ['', 'UTC+1', 'Europe/London', 'UTCX', 'Europe/UTC', 'Etc/GMT+1', 'EST5EDT'])
    it(`is not certain to be UTC for TZ=${name}`, () => expect(isUtc(name, '/absent')).to.equal(false))

  it("is the system's without TZ: a link to a zone, or UTC where there is none", () => {
    const at = (name: string): string => join(directory, name)
    symlinkSync('/usr/share/zoneinfo/Etc/UTC', at('utc'))
    symlinkSync('../usr/share/zoneinfo/Asia/Kolkata', at('kolkata'))
    writeFileSync(at('file'), 'TZif')
    expect(isUtc(undefined, at('utc'))).to.equal(true)
    expect(isUtc(undefined, at('none'))).to.equal(true)
    expect(isUtc(undefined, at('kolkata'))).to.equal(false)
    expect(isUtc(undefined, at('file'))).to.equal(false)
  })

  it('has the offset that the runtime has', () => {
    for (const at of [new Date(Date.UTC(2026, 0, 1)), new Date(Date.UTC(2026, 6, 1))])
      expect(offsetAt(at)).to.equal(-at.getTimezoneOffset() + 0)
  })
})
