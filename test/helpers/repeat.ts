/** How often to repeat something: `short` in every run of the tests, `long` under `npm run test:long`. */
export function repeat(short: number, long: number): number {
  return process.env.WW_LONG === '1' ? long : short
}
