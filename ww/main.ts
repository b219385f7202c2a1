import { restoreEnvironment } from './base/environment.ts'
import { exitCode, isUserError, UserError } from './base/errors.ts'
import { nearest } from './base/nearest.ts'
import { readVersion } from './base/version.ts'
import { internalVerbs, moreVerbs, shellVerbs, type Verb, verbGroups, verbs } from './commands.ts'

/** Reads the command line, runs its verb, and ends the process with the verb's exit code. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined) {
    process.stderr.write(overview())
    return exitCode.usage
  }
  if (name === '--version') return print(version())
  if (['--help', '-h', 'help'].includes(name)) {
    const [verb] = name === 'help' ? args : []
    return verb === undefined ? print(overview()) : runVerb(findVerb(verb), ['--help'])
  }
  return runVerb(findVerb(name), args)
}

function findVerb(name: string): Verb {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : internalVerbs.get(name)
  if (!verb) throw new UserError(unknownVerb(name), exitCode.usage)
  return verb
}

async function runVerb(verb: Verb, args: string[]): Promise<number> {
  const command = await verb.load()
  const end = args.indexOf('--')
  const options = end < 0 ? args : args.slice(0, end)
  if (options.includes('--help') || options.includes('-h')) return print(`${command.usage.trim()}\n`)
  return command.run(args)
}

function print(text: string): number {
  process.stdout.write(text)
  return exitCode.ok
}

function version(): string {
  const { version, commit, libc } = readVersion()
  const { node, bun } = process.versions
  const built = [
    `${process.platform}-${process.arch}-${libc}`,
    bun === undefined ? `Node ${node}` : `Bun ${bun}`,
    ...(commit ? [`commit ${commit}`] : []),
  ]
  return `whaleware ${version} (${built.join(', ')})\n`
}

function overview(): string {
  const rows = verbGroups.flatMap(({ title, verbs: names }) =>
    names.map((name, index) => {
      const summary = shellVerbs[name] ?? verbs[name]?.summary ?? ''
      return `${(index === 0 ? title : '').padEnd(7)}${name.padEnd(12)}${summary}`
    }),
  )
  return [
    'Usage: ww VERB [ARGUMENTS]       from outside: docker exec CONTAINER ww VERB',
    ...rows,
    `${'Build'.padEnd(7)}${'init, check'.padEnd(39)}skeleton, lint`,
    `${'More'.padEnd(7)}${moreVerbs.join(', ')}`,
    'ww VERB --help explains a verb; ww --version prints the version',
    '',
  ].join('\n')
}

function unknownVerb(name: string): string {
  const meant = nearest(name, [...Object.keys(shellVerbs), ...Object.keys(verbs)])
  return `no verb "${name}"${meant ? `; did you mean ${meant}?` : ';'} ww --help lists them`
}

/** What an operator can fix is one line; anything else is a bug and keeps its stack. */
function report(error: unknown, [name = '']: string[]): number {
  const program = Object.hasOwn(verbs, name) ? `ww ${name}` : 'ww'
  if (isUserError(error)) {
    // some messages begin with the command
    const message = error.message.startsWith(`${program} `)
      ? error.message.slice(program.length + 1)
      : error.message
    process.stderr.write(`${program}: ${message}\n`)
    return error.exitCode
  }
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) {
    process.stderr.write(`${program}: ${describeArgument(error.message)}; ${program} --help lists them\n`)
    return exitCode.usage
  }
  process.stderr.write(
    `ww: bug: ${error instanceof Error ? error.stack : String(error)}\nww: report it to the maintainers of whaleware, with these lines and ww --version\n`,
  )
  return exitCode.failed
}

/** Of what util.parseArgs throws: `no option "--jsn"`. */
function describeArgument(message: string): string {
  const [, option] = /^Unknown option '([^']*)'/.exec(message) ?? []
  if (option !== undefined) return `no option "${option}"`
  const [, argument] = /^Unexpected argument '([^']*)'/.exec(message) ?? []
  if (argument !== undefined) return `no argument "${argument}"`
  const [, valued] = /^Option '(?:-\w, )?(--[\w-]+) <value>' argument missing/.exec(message) ?? []
  if (valued !== undefined) return `${valued}: no value`
  return message.split(/[.\n]/, 1)[0] ?? message
}

/**
 * Waits until a slow reader has all that was printed. Under Bun only the end of a stream waits for it; under Node.js the end
 * of one that is a socket would close it for every process that shares it, such as the services.
 */
async function flush(): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((written) => {
      stream.once('error', () => written())
      if (process.versions.bun === undefined) stream.write('', () => written())
      else stream.end(() => written())
    })
  }
}

restoreEnvironment(process.env)
const words = process.argv.slice(2)
// before anything more is loaded, an instance that is booting ignores what would end it
if (words[0] === 'run') for (const name of ['SIGHUP', 'SIGUSR1'] as const) process.on(name, () => {})
// they print by themselves, and their streams are the services', too
const isInstance = words[0] === 'run' || words[0] === 'log'
const servers = ['receiver', 'states', 'supervise']
// a reader that has seen enough, such as head, ends a command silently, and never a server
// (to make the stream takes a tenth of the time to UP)
if (!isInstance)
  process.stdout.on('error', () => servers.includes(words[0] ?? '') || process.exit(exitCode.ok))
main(words)
  .catch((error: unknown) => report(error, words))
  .then(async (code) => {
    if (!isInstance) await flush()
    process.exit(code)
  })
