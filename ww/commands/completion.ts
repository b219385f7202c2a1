import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { listSettingPaths } from '../config/settings-text.ts'
import { announcedStates } from '../lifecycle/chart.ts'

/** What completion needs of a verb that the runtime handles. */
type Describable = { load(): Promise<{ readonly usage: string }> }

export const usage = `
Usage: ww completion bash

Prints the completion of ww for bash: verbs, their options, states, and the key paths of settings.

Examples:
  ww completion bash > /etc/bash_completion.d/ww
  source <(ww completion bash)
`

/** What may follow the verbs that sh handles, whose usage is not at hand here. */
const shellWords: Readonly<Record<string, string>> = {
  status: '--json --help',
  health: '--help',
  wait: `${announcedStates.join(' ')} --timeout --help`,
  cfg: '--default --strict --why --help',
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
      if (positionals.join(' ') !== 'bash')
        throw new UserError('supports bash only; use ww completion bash', exitCode.usage)
      const words = new Map(Object.entries(shellWords))
      for (const [name, verb] of Object.entries(verbs)) {
        if (!words.has(name)) words.set(name, optionsOf(name, (await verb.load()).usage))
      }
      process.stdout.write(renderBash(words))
      return exitCode.ok
    },
  }
}

/** The long options of the usage and option lines of a text; its examples may be of other programs. */
function optionsOf(name: string, text: string): string {
  const lines = text.split('\n').filter((line) => /^Usage:|^\s+-/.test(line))
  const options = new Set(
    [...lines.join('\n').matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option),
  )
  return [...(name === 'completion' ? ['bash'] : []), ...options.add('--help')].join(' ')
}

function renderBash(words: ReadonlyMap<string, string>): string {
  const cases = [...words].map(([verb, after]) => `    ${verb}) words='${after}' ;;`)
  // some sixty of them: only for those who have begun one
  const settings = `[ "\${word#ww}" = "$word" ] || words='${listSettingPaths().join(' ')}'`
  return `# completion of ww for bash, printed by \`ww completion bash\`
_ww() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${[...words.keys(), '--help'].join(' ')}' -- "$word")
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  if [ "\${COMP_WORDS[1]}" = cfg ]; then
    ${settings}
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _ww ww
`
}
