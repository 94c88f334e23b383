// The mails that a PDS in development keeps instead of sending them.

/** A function that gives the mails to an address, oldest first, each `{ to, subject, text }`. */
export const outboxOf = (pds) => async (address) => {
  const response = await fetch(`${pds}/dev/outbox`, { headers: { accept: 'application/json' } })
  if (!response.ok) throw new Error(`the outbox answered ${response.status}`)
  const { mails } = await response.json()
  return mails.filter((mail) => mail.to === address)
}
