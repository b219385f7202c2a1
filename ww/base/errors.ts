/** The exit codes of every whaleware command. */
export const exitCode = {
  ok: 0,
  /** The lifecycle ended in ERROR, a command failed, or a tested condition is false. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The configuration is wrong; nothing was run. */
  configuration: 78,
} as const

/** Something that an operator can fix: one sentence ("cannot X: reason; fix", naming file and key) and an exit code. */
export class UserError extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = 1, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UserError'
    this.exitCode = exitCode
  }
}

/** Whether an error is for the operator; by name, since a chunk of the bundle may carry a class of its own. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError'
}
