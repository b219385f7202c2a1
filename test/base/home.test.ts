import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { findHome } from '../../ww/base/home.ts'

describe('findHome', () => {
  it('is the checkout for what runs from the sources', () => {
    expect(findHome()).to.equal(resolve(import.meta.dirname, '../..'))
    expect(existsSync(`${findHome()}/usr-scripts/skeleton`)).to.equal(true)
  })
})
