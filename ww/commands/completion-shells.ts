import { listSettingPaths } from '../config/settings-text.ts'

/** What may follow each verb. */
export type VerbWords = ReadonlyMap<string, readonly string[]>

/** The shells for which there is a completion, each with what makes it. */
export const shells: Readonly<Record<string, (words: VerbWords) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
}

// some sixty key paths of settings: in each shell only for those who have begun one
const settings = (): string => listSettingPaths().join(' ')

function renderBash(words: VerbWords): string {
  return `# completion of ww for bash, printed by \`ww completion bash\`
_ww() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${[...words.keys(), '--help'].join(' ')}' -- "$word")
    return
  fi
  case \${COMP_WORDS[1]} in
${listCases(words, (after) => `words='${after}'`)}
  esac
  if [ "\${COMP_WORDS[1]}" = cfg ]; then
    [ "\${word#ww}" = "$word" ] || words='${settings()}'
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -o default -F _ww ww
`
}

function renderZsh(words: VerbWords): string {
  return `#compdef ww
# completion of ww for zsh, printed by \`ww completion zsh\`
_ww() {
  if (( CURRENT == 2 )); then
    compadd -- ${[...words.keys(), '--help'].join(' ')}
    return
  fi
  if [[ $words[2] = cfg && $PREFIX = ww* ]]; then
    compadd -- ${settings()}
    return
  fi
  case $words[2] in
${listCases(words, (after) => `compadd -- ${after}`)}
  esac
  _files
}
compdef _ww ww
`
}

function renderFish(words: VerbWords): string {
  const first = `complete -c ww -n __fish_is_first_arg -f -a '${[...words.keys()].join(' ')}'`
  const rest = [...words].map(
    ([verb, after]) =>
      `complete -c ww -n 'not __fish_is_first_arg; and __fish_seen_subcommand_from ${verb}' -a '${after.join(' ')}'`,
  )
  const isSetting = `__fish_seen_subcommand_from cfg; and string match -q "ww*" -- (commandline -ct)`
  return `# completion of ww for fish, printed by \`ww completion fish\`
${[first, ...rest, `complete -c ww -n '${isSetting}' -f -a '${settings()}'`].join('\n')}
`
}

function listCases(words: VerbWords, line: (after: string) => string): string {
  return [...words].map(([verb, after]) => `    ${verb}) ${line(after.join(' '))} ;;`).join('\n')
}
