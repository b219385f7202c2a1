export { findCycle } from '../config/service-cycle.ts'

/** What must be ready before each of the services and one-shots that run. */
export type ServiceGraph = ReadonlyMap<string, readonly string[]>

/**
 * The graph of those that run. One whose hook is blank has nothing to do: who is after it is after what it is after.
 * Without cycles, which the configuration refuses.
 */
export function graphOf(
  names: readonly string[],
  afterOf: (name: string) => readonly string[],
): ServiceGraph {
  const collect = (name: string, found: Set<string>): Set<string> => {
    for (const other of afterOf(name)) {
      if (names.includes(other)) found.add(other)
      else collect(other, found)
    }
    return found
  }
  return new Map(names.map((name) => [name, Array.from(collect(name, new Set()))]))
}

/** All names, each behind those that it is after, and otherwise in the order given: for a stop, go through it backwards. */
export function orderOf(graph: ServiceGraph): readonly string[] {
  const ordered = new Set<string>()
  const visit = (name: string): void => {
    if (ordered.has(name)) return
    for (const other of graph.get(name) ?? []) visit(other)
    ordered.add(name)
  }
  for (const name of graph.keys()) visit(name)
  return Array.from(ordered)
}

/** Those that are after a service, directly: they stop before it. */
export function dependentsOf(graph: ServiceGraph, name: string): readonly string[] {
  return Array.from(graph.keys()).filter((other) => graph.get(other)?.includes(name))
}
