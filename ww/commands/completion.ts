import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { formatList } from '../base/text.ts'
import { announcedStates } from '../lifecycle/chart.ts'
import { shells } from './completion-shells.ts'

/** What completion needs of a verb that the runtime handles. */
type Describable = { load(): Promise<{ readonly usage: string }> }

export const usage = `
Usage: ww completion SHELL

Prints the completion of ww for bash, zsh or fish: verbs, their options, states, and the key paths of
settings.

Examples:
  ww completion bash > /etc/bash_completion.d/ww
  source <(ww completion zsh)
  ww completion fish > ~/.config/fish/completions/ww.fish
`

/** What may follow the verbs that sh handles, whose usage is not at hand here. */
const shellWords: Readonly<Record<string, readonly string[]>> = {
  status: ['--json', '--help'],
  health: ['--help'],
  wait: [...announcedStates, '--timeout', '--help'],
  cfg: ['--default', '--strict', '--why', '--help'],
}

/** Makes the command of the table of verbs, from which the completion is generated. */
export function completionOf(verbs: Readonly<Record<string, Describable>>): {
  usage: string
  run(args: string[]): Promise<number>
} {
  return {
    usage,
    async run(args) {
      const { positionals } = parseArgs({ args, allowPositionals: true })
      const [shell = '', ...more] = positionals
      const render = Object.hasOwn(shells, shell) && more.length === 0 ? shells[shell] : undefined
      if (!render)
        throw new UserError(`takes one SHELL: ${formatList(Object.keys(shells), 'or')}`, exitCode.usage)
      const words = new Map(Object.entries(shellWords))
      for (const [name, verb] of Object.entries(verbs)) {
        if (!words.has(name)) words.set(name, optionsOf(name, (await verb.load()).usage))
      }
      process.stdout.write(render(words))
      return exitCode.ok
    },
  }
}

/** The long options of the usage and option lines of a text; its examples may be of other programs. */
function optionsOf(name: string, text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => /^Usage:|^\s+-/.test(line))
  const options = new Set(
    [...lines.join('\n').matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option),
  )
  return [...(name === 'completion' ? Object.keys(shells) : []), ...options.add('--help')]
}
