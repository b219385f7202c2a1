import { exitCode, UserError } from '../base/errors.ts'

/** Whether a stream gets colours: what `--color` says, otherwise on terminals that can, unless NO_COLOR is set. */
export function useColours(
  when: string | undefined,
  stream: { readonly isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): boolean {
  if (when === 'always') return true
  if (when === 'never') return false
  if (when !== undefined && when !== 'auto') {
    throw new UserError(`--color: "${when}" is not one of auto, always and never`, exitCode.usage)
  }
  return stream.isTTY === true && !env.NO_COLOR && !['', 'dumb'].includes(env.TERM ?? '')
}
