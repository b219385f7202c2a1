import { expect } from 'chai'
import { findInterpreters, hasCrlfShebang, isBlankScript } from '../../ww/hooks/script.ts'

describe('isBlankScript', () => {
  it('is true for nothing, white space, comments and a shebang', () => {
    for (const content of ['', '\n \t\n', '#!/bin/sh\n', '#!/bin/sh\n\n  # nothing to do\n'])
      expect(isBlankScript(content), JSON.stringify(content)).to.equal(true)
  })

  it('is false for any command', () => {
    for (const content of ['true', '#!/bin/sh\nexit 0\n', '# a\n: # b\n'])
      expect(isBlankScript(content), JSON.stringify(content)).to.equal(false)
  })
})

describe('findInterpreters', () => {
  it('returns the program of the #! line, without its arguments', () => {
    expect(findInterpreters('#!/bin/sh -e\n')).to.deep.equal(['/bin/sh'])
    expect(findInterpreters('#! /bin/bash')).to.deep.equal(['/bin/bash'])
  })

  it('returns env, and the program that env calls', () => {
    expect(findInterpreters('#!/usr/bin/env bash\n')).to.deep.equal(['/usr/bin/env', 'bash'])
    expect(findInterpreters('#!/usr/bin/env -S A=1 node --x\n')).to.deep.equal(['/usr/bin/env', 'node'])
    expect(findInterpreters('#!/usr/bin/env\n')).to.deep.equal(['/usr/bin/env'])
  })

  it('returns nothing without a #! line', () => {
    for (const content of ['exit 0', '\n#!/bin/sh', '#!', '#! \nx'])
      expect(findInterpreters(content), JSON.stringify(content)).to.deep.equal([])
  })
})

describe('hasCrlfShebang', () => {
  it('is true only when the #! line itself ends in CR LF', () => {
    expect(hasCrlfShebang('#!/bin/sh\r\nexit\r\n')).to.equal(true)
    expect(hasCrlfShebang('#!/bin/sh -e\r')).to.equal(true)
    expect(hasCrlfShebang('#!/bin/sh\nexit\r\n')).to.equal(false)
    expect(hasCrlfShebang('exit\r\n')).to.equal(false)
  })
})
