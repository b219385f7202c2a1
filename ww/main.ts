import { restoreEnvironment } from './base/environment.ts'
import { exitCode, isUserError, UserError } from './base/errors.ts'
import { nearest } from './base/nearest.ts'
import { shellVerbs, type Verb, verbs } from './commands.ts'

/** Reads the command line, runs its verb, and ends the process with the verb's exit code. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === 'help') {
    process.stdout.write(overview())
    return name === undefined ? exitCode.usage : exitCode.ok
  }
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined
  if (!verb) throw new UserError(unknownVerb(name), exitCode.usage)
  return runVerb(verb, args)
}

async function runVerb(verb: Verb, args: string[]): Promise<number> {
  const command = await verb.load()
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.usage.trim()}\n`)
    return exitCode.ok
  }
  return command.run(args)
}

function overview(): string {
  const summaries = Object.entries(verbs).map(([name, { summary }]) => [name, summary] as const)
  const lines = [...Object.entries(shellVerbs), ...summaries].map(
    ([name, summary]) => `  ${name.padEnd(12)}${summary}\n`,
  )
  return `Usage: ww VERB [ARGUMENTS]\n\n${lines.join('')}\n\`ww VERB --help\` tells more.\n`
}

function unknownVerb(name: string): string {
  const meant = nearest(name, [...Object.keys(shellVerbs), ...Object.keys(verbs)])
  return `there is no verb "${name}"${meant ? `; did you mean "${meant}"?` : ''} \`ww --help\` lists them`
}

/** What an operator can mend is one line; anything else is a bug and keeps its stack. */
function report(error: unknown): number {
  if (isUserError(error)) {
    process.stderr.write(`ww: ${error.message}\n`)
    return error.exitCode
  }
  // util.parseArgs tells of wrong options this way
  if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) {
    process.stderr.write(`ww: ${error.message}\n`)
    return exitCode.usage
  }
  process.stderr.write(`ww: a bug: ${error instanceof Error ? error.stack : String(error)}\n`)
  return exitCode.failed
}

restoreEnvironment(process.env)
main(process.argv.slice(2))
  .catch(report)
  .then((code) => process.exit(code))
