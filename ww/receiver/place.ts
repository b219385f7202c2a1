/** Where a store is, for people: the path of a file, or an address without its user and password. */
export function describePlace(db: string): string {
  if (!URL.canParse(db)) return db
  const { protocol, host, pathname } = new URL(db)
  return `${protocol}//${host}${pathname}`
}
