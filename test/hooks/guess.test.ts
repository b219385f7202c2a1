import { expect } from 'chai'
import { guessHook, hookVerbs, isHookName } from '../../ww/hooks/names.ts'
import { findInterpreters } from '../../ww/hooks/script.ts'

describe('the name of a hook', () => {
  it('is one that whaleware runs by itself, a service, or one on a schedule', () => {
    for (const name of [...hookVerbs, 'serve-x', 'serve-a-b'])
      expect(isHookName(name, []), name).to.equal(true)
    expect(isHookName('backup', ['backup'])).to.equal(true)
    for (const name of ['backup', 'serve-', 'Serve', 'start', 'myserve-x'])
      expect(isHookName(name, []), name).to.equal(false)
  })

  for (const [name, meant] of [
    ['firstbot', 'firstboot'],
    ['Monitor', 'monitor'],
    ['boot.sh', 'boot'],
    ['serve_web', 'serve-web'],
    ['serve.web', 'serve-web'],
    ['Serve-php', 'serve-php'],
    ['helper', undefined],
  ] as const) {
    it(`${name} may be meant for ${meant}`, () => expect(guessHook(name, [])).to.equal(meant))
  }

  it('is not guessed where that hook is there too', () => {
    expect(guessHook('boots', ['boot', 'boots'])).to.equal(undefined)
  })
})

describe('the interpreters of a script', () => {
  for (const [content, programs] of [
    ['#!/bin/sh\n', ['/bin/sh']],
    ['#! /bin/sh -e\n', ['/bin/sh']],
    ['#!/usr/bin/env bash\n', ['/usr/bin/env', 'bash']],
    ['#!/usr/bin/env -S A=1 node --x\n', ['/usr/bin/env', 'node']],
    ['#!/usr/bin/env\n', ['/usr/bin/env']],
    ['exit 0\n', []],
    ['\n#!/bin/sh\n', []],
    ['#!\n', []],
  ] as const) {
    it(`are ${programs.join(' and ') || 'none'} for ${JSON.stringify(content)}`, () => {
      expect(findInterpreters(content)).to.deep.equal(programs)
    })
  }
})
