import { exitCode, isUserError, UserError } from '../base/errors.ts'
import { formatProblem, type Problem } from './problem.ts'

/** A configuration that cannot be used (exit 78); its message has one line for each problem. */
export class ConfigurationError extends UserError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], options?: ErrorOptions) {
    super(problems.map(formatProblem).join('\n'), exitCode.configuration, options)
    this.problems = problems
  }
}

/** Whether an error is one of these; not by class, since a chunk of the bundle may have a class of its own. */
export function isConfigurationError(error: unknown): error is ConfigurationError {
  return isUserError(error) && 'problems' in error
}
