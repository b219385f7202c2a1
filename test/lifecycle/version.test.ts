import { expect } from 'chai'
import { isOlder } from '../../ww/lifecycle/version.ts'

describe('isOlder', () => {
  const older: [string, string][] = [
    ['1.9', '1.10'],
    ['1', '1.0.1'],
    ['v1.2', '1.3'],
    ['2.0-rc1', '2.0'],
    ['2.0-rc2', '2.0-rc10'],
    ['2024a', '2024b'],
  ]
  for (const [version, other] of older) {
    it(`${version} is older than ${other}, and not the other way round`, () => {
      expect(isOlder(version, other)).to.equal(true)
      expect(isOlder(other, version)).to.equal(false)
    })
  }

  for (const [version, other] of [
    ['1.0', '1.0'],
    ['1', '1.0'],
    ['1.0+build7', '1.0'],
    ['', '1.0'],
    ['1.0', ''],
  ] as const) {
    it(`neither of "${version}" and "${other}" is older`, () => {
      expect(isOlder(version, other)).to.equal(false)
      expect(isOlder(other, version)).to.equal(false)
    })
  }
})
