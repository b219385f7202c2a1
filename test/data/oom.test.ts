import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { countOomKills, formatOutOfMemory, readMemoryLimit, wasOomKilled } from '../../ww/data/oom.ts'

describe('an OOM kill of the previous boot', () => {
  it('is shown by a cgroup that has counted one since', () => {
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

describe('the memory of a container', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-cgroup-'))
    mkdirSync(`${root}/memory`)
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('is counted by version 2 of cgroups', () => {
    writeFileSync(`${root}/memory.events`, 'low 0\noom 4\noom_kill 3\noom_group_kill 9\n')
    writeFileSync(`${root}/memory.max`, '536870912\n')
    expect(countOomKills(root)).to.equal(3)
    expect(readMemoryLimit(root)).to.equal(536_870_912)
  })

  it('is counted by version 1 of cgroups', () => {
    writeFileSync(`${root}/memory/memory.oom_control`, 'oom_kill_disable 0\nunder_oom 0\noom_kill 12\n')
    writeFileSync(`${root}/memory/memory.limit_in_bytes`, '1048576\n')
    expect(countOomKills(root)).to.equal(12)
    expect(readMemoryLimit(root)).to.equal(1_048_576)
  })

  it('has no limit where a cgroup says so, in the words of either version', () => {
    writeFileSync(`${root}/memory.max`, 'max\n')
    expect(readMemoryLimit(root)).to.equal(null)
    writeFileSync(`${root}/memory/memory.limit_in_bytes`, '9223372036854771712\n')
    expect(readMemoryLimit(root)).to.equal(null)
  })

  it('is unknown where there is no cgroup', () => {
    expect(countOomKills(`${root}/nothing`)).to.equal(null)
    expect(readMemoryLimit(`${root}/nothing`)).to.equal(null)
  })

  it('is shown with its limit', () => {
    expect(formatOutOfMemory(512e6)).to.equal('out of memory (limit 512 MB)')
    expect(formatOutOfMemory(null)).to.equal('out of memory')
  })
})
