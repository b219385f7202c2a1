/** Whether a machine may be called so: what is fit for a file and a URL as it is. */
export function isMachineName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name)
}

/** The machine that `/state` is about. */
export const defaultMachine = 'default'
