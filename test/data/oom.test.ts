import { expect } from 'chai'
import { wasOomKilled } from '../../ww/data/oom.ts'

describe('an OOM kill of the boot before', () => {
  it('is told by a cgroup that has counted one since', () => {
    expect(wasOomKilled(0, 1)).to.equal(true)
    expect(wasOomKilled(2, 3)).to.equal(true)
  })

  it('is excluded by a cgroup that still counts the same', () => {
    expect(wasOomKilled(2, 2)).to.equal(false)
  })

  it('stays unknown where the cgroup is a new one, or there is none', () => {
    expect(wasOomKilled(0, 0)).to.equal(null)
    expect(wasOomKilled(3, 1)).to.equal(null)
    expect(wasOomKilled(null, 1)).to.equal(null)
    expect(wasOomKilled(1, null)).to.equal(null)
  })
})
