// The mails that a PDS in development keeps instead of sending them.
import { within } from './network.mjs'

/** A function that gives the mails to an address, oldest first, each `{ to, subject, text }`. */
export const outboxOf = (pds) => async (address) => {
  const response = await fetch(`${pds}/dev/outbox`, { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`the outbox answered ${response.status}`)
  const { mails } = await response.json()
  return mails.filter((mail) => mail.to === address)
}

/** The code in the newest mail to an address, where it stands on a line of its own. */
export const codeFor = (pds, address) =>
  within(5000, async () => (await outboxOf(pds)(address)).at(-1)?.text.match(/^ {4}(\S+)$/m)?.[1])
