/**
 * How often a test repeats what chance decides: `short` in CI, `long` in `npm run test:long`, which runs the fast tests
 * and those of the image (build it before, with `npm run image`). Where mocha's limit is too short for the long form,
 * give the test a limit of its own by the same means.
 */
export function repeat(short: number, long: number): number {
  return process.env.WW_LONG === '1' ? long : short
}
