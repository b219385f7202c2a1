import { sayDuration } from './target/state-text.ts'

/** A target as `/state` tells of it, and those that it supervises itself. */
export type TreeNode = {
  readonly url: string
  readonly state: string
  readonly since: number
  readonly reason: string
  readonly restarts: number
  readonly targets: readonly TreeNode[]
}

const colours: Readonly<Record<string, string>> = {
  RUNNING: '32',
  PENDING: '33',
  PROVISIONING: '33',
  STOPPING: '33',
  DOWN: '31',
  ERROR: '31',
}

/** The tree, a line a target; `colour` for a terminal that has some. */
export function renderTree(root: TreeNode, now: number, colour: boolean): string {
  return `${sayNode(root, now, colour)}\n${root.targets.map((node, index) => renderBranch(node, '', index === root.targets.length - 1, now, colour)).join('')}`
}

function renderBranch(node: TreeNode, indent: string, isLast: boolean, now: number, colour: boolean): string {
  const line = `${indent}${isLast ? '└─ ' : '├─ '}${sayNode(node, now, colour)}\n`
  const deeper = indent + (isLast ? '   ' : '│  ')
  const branches = node.targets.map((child, index) =>
    renderBranch(child, deeper, index === node.targets.length - 1, now, colour),
  )
  return line + branches.join('')
}

function sayNode({ url, state, since, reason, restarts }: TreeNode, now: number, colour: boolean): string {
  const paint = colours[state]
  const shown = colour && paint ? `\u001b[${paint}m${state}\u001b[0m` : state
  const again = restarts === 0 ? '' : `, ${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`
  const why = state === 'RUNNING' ? '' : `: ${reason}`
  return `${url} ${shown} for ${sayDuration(now - since)}${again}${why}`
}
