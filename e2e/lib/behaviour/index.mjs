// Everything that both servers are asked, family by family, in this order: the first ones change nothing that others
// count on, the last ones end accounts.
import * as accounts from './cases/accounts.mjs'
import * as auth from './cases/auth.mjs'
import * as batches from './cases/batches.mjs'
import * as blobs from './cases/blobs.mjs'
import * as http from './cases/http.mjs'
import * as lives from './cases/lives.mjs'
import * as oauth from './cases/oauth.mjs'
import * as reads from './cases/reads.mjs'
import * as sessions from './cases/sessions.mjs'
import * as stream from './cases/stream.mjs'
import * as sync from './cases/sync.mjs'
import * as writes from './cases/writes.mjs'
import { differences, readAnswer } from './answer.mjs'

const MODULES = { reads, sync, http, auth, sessions, writes, batches, blobs, accounts, stream, oauth, lives }

/** `{ name, cases }`; a case is `{ name, ask, headers? }`. */
export const FAMILIES = Object.entries(MODULES).flatMap(([module, families]) =>
  Object.entries(families).map(([family, cases]) => ({
    name: `${module}/${family}`,
    cases: Object.entries(cases).map(([name, one]) => ({
      name: `${module}/${family}: ${name}`,
      ...(typeof one === 'function' ? { ask: one } : one),
    })),
  })),
)

/** Asks both; the answer is where they differ. */
export async function compare({ ask, headers }, there, here) {
  const [theirs, ours] = await Promise.all([there, here].map((side) => answerOf(side, ask, headers)))
  return differences(theirs, ours)
}

/** A server that cannot even be asked, since what comes before the question failed, is like no other. */
async function answerOf(side, ask, headers) {
  try {
    return await readAnswer(await ask(side), headers)
  } catch (error) {
    return { answer: `${side.name} cannot be asked: ${error.message}`, parts: {}, headers: {} }
  }
}
