/**
 * How often a test repeats what chance decides: `short` in CI, `long` in `npm run test:long`. Give a test its own
 * timeout by the same means where the usual one is too short for the long form.
 */
export function repeat(short: number, long: number): number {
  return process.env.WW_LONG === '1' ? long : short
}
