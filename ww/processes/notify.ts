import { describeWriteError } from '../base/write-error.ts'
import type { Account } from './account.ts'
import { emptyNotice, type Notice, readNotice } from './notice.ts'
import { type DatagramAddon, loadAddon, locateAddon, nameError } from './notify-addon.ts'
import {
  admitSender,
  isUsable,
  makeSocketDirectory,
  removeSocketDirectory,
  socketNameLength,
} from './notify-directory.ts'

/** The socket that a service sends its notifications to, as sd_notify does. */
export type NotifySocket = {
  /** The value of NOTIFY_SOCKET. */
  readonly path: string
  /** All that has come in since the last call, up to a bound; it never waits and never throws. */
  receive(): Notice
  /** Closes it and removes its directory; what is sent to it from then on fails. */
  close(): void
}

/** The longest path that the address of a socket holds; services connect by it. */
const longestPath = 107

/** As systemd has it: a longer one is ignored. */
const longestDatagram = 4096

/** How many datagrams are read at once: a service that sends more of them waits for its turn, and nobody else does. */
const mostDatagrams = 32

/** Where the socket is when the path of the run directory is too long, or the service's user cannot get there. */
const shortDirectories = ['/dev/shm', '/tmp']

/**
 * Opens a socket in a private directory below `directory`, which exists, or in /dev/shm or /tmp where the service could
 * not use it there. Only `owner` can send to it, null for the user of the instance (and root).
 */
export function openNotifySocket(
  directory: string,
  owner: Account | null,
  addonPath: string | null = locateAddon(),
): NotifySocket | { readonly failure: string } {
  if (addonPath === null)
    return { failure: 'cannot open a notify socket: the tree of whaleware is incomplete' }
  const addon = loadAddon(addonPath)
  if ('failure' in addon) return { failure: `cannot open a notify socket: ${addon.failure}` }
  let failure = `cannot open a notify socket: user ${owner?.uid} cannot get to ${directory}, /dev/shm and /tmp`
  for (const parent of [directory, ...shortDirectories]) {
    if (Buffer.byteLength(parent) + socketNameLength > longestPath || !isUsable(parent, owner)) continue
    const opened = openIn(parent, owner, addon)
    if (!('failure' in opened)) return opened
    failure = opened.failure
  }
  return { failure }
}

function openIn(
  parent: string,
  owner: Account | null,
  addon: DatagramAddon,
): NotifySocket | { readonly failure: string } {
  let directory: string
  try {
    directory = makeSocketDirectory(parent)
  } catch (error) {
    return { failure: describeWriteError(parent, error) }
  }
  const remove = (): void => removeSocketDirectory(directory)
  try {
    const descriptor = bindIn(directory, owner, addon)
    if (descriptor >= 0) return createSocket(`${directory}/socket`, descriptor, addon, remove)
    remove()
    return { failure: `cannot open a notify socket in ${parent}: ${nameError(descriptor)}` }
  } catch (error) {
    remove()
    return { failure: describeWriteError(directory, error) }
  }
}

/** The descriptor, or a negative error. */
function bindIn(directory: string, owner: Account | null, addon: DatagramAddon): number {
  const descriptor = addon.bind(`${directory}/socket`)
  if (descriptor < 0) return descriptor
  try {
    admitSender(directory, owner)
    return descriptor
  } catch (error) {
    addon.close(descriptor)
    throw error
  }
}

function createSocket(
  path: string,
  descriptor: number,
  addon: DatagramAddon,
  remove: () => void,
): NotifySocket {
  const buffer = Buffer.alloc(longestDatagram)
  let isOpen = true
  return {
    path,
    receive() {
      let notice = emptyNotice
      for (let count = 0; isOpen && count < mostDatagrams; count++) {
        const length = addon.receive(descriptor, buffer)
        // nothing more (EAGAIN), or nothing ever again
        if (length < 0) return notice
        if (length <= buffer.length) notice = readNotice(buffer.toString('utf8', 0, length), notice)
      }
      return isOpen ? { ...notice, isMore: true } : notice
    },
    close() {
      // the number of a closed descriptor may be somebody else's the next time
      if (!isOpen) return
      isOpen = false
      addon.close(descriptor)
      remove()
    },
  }
}
