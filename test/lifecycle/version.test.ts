import { expect } from 'chai'
import { isOlder } from '../../ww/lifecycle/version.ts'

describe('isOlder', () => {
  const older: [string, string][] = [
    ['1.9', '1.10'],
    ['9', '10'],
    ['1', '1.0.1'],
    ['v1.2', '1.3'],
    ['2.0-rc1', '2.0'],
    ['2.0rc1', '2.0'],
    ['2.0~beta', '2.0'],
    ['2.0.alpha', '2.0'],
    ['2.0-RC1', '2.0'],
    ['2.0-rc2', '2.0-rc10'],
    ['2.0-beta', '2.0-rc1'],
    ['2.0-rc', '2.0-rc.1'],
    ['2.0-rc1', '2.1-rc1'],
    ['1.0.0-1', '1.0.0-2'],
    ['1.0.0-9', '1.0.0-10'],
    ['1.0.0-1', '1.0.0-1.1'],
    ['1.0.0-2', '1.0.1-1'],
    ['7.2-alpine', '7.4'],
    ['7.2', '7.4-alpine'],
    ['20241126', '20241127'],
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
    ['1', '1.0.0'],
    ['1.0+build7', '1.0'],
    ['1.0+7', '1.0+8'],
    ['2.0-rc1', '2.0-RC1'],
  ] as const) {
    it(`neither of ${version} and ${other} is older: they are equal`, () => {
      expect(isOlder(version, other)).to.equal(false)
      expect(isOlder(other, version)).to.equal(false)
    })
  }

  for (const [version, other] of [
    ['', '1.0'],
    ['', ''],
    ['latest', '1.0'],
    ['4f2a1b9', '5aaaaaa'],
    ['4f2a1b9', '1.0'],
    ['1.1.1k', '1.1.1l'],
    ['1.0.0-1', '1.0.0'],
    ['1.0.0-1', '1.0.0-rc1'],
    ['7.2-alpine', '7.2'],
    ['7.2-alpine', '7.2-bookworm'],
    ['7.2-rcx', '7.2'],
    ['1..0', '2.0'],
    ['1.', '2.0'],
    ['vv1', '2'],
  ] as const) {
    it(`neither of "${version}" and "${other}" is older: their order is unknown`, () => {
      expect(isOlder(version, other)).to.equal(false)
      expect(isOlder(other, version)).to.equal(false)
    })
  }
})
