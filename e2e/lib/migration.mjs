// How an account moves from one PDS to another: in plain calls, as every migration tool does it, and by our command.
// Neither server is asked for anything that is not in the protocol.
//
// Both ways take `{ from, to, account, handle }`: the servers as `{ url, mailsTo }`, the account as
// `{ identifier, password, email }`, and what it is called at the new place.
import { AtpAgent } from '@atproto/api'

import { hypercerts, run, within } from './network.mjs'

const CODE = /\b[A-Z0-9]{5}-[A-Z0-9]{5}\b/

/** Call by call. */
export async function moveByCalls({ from, to, account, handle }) {
  const old = new AtpAgent({ service: from.url })
  await old.login(account)
  const did = old.session.did
  const fresh = await welcome(old, to, { ...account, did, handle })
  await carryRepository(old, fresh, did)
  await carryBlobs(old, fresh, did)
  await carryPreferences(old, fresh)
  await changeIdentity(from, old, fresh, account)
  await fresh.com.atproto.server.activateAccount()
  await old.com.atproto.server.deactivateAccount({})
}

/** The new server makes an account for a DID that says, by a token of the old one, that it wants to come. */
async function welcome(old, to, { did, handle, email, password }) {
  const fresh = new AtpAgent({ service: to.url })
  const { data: server } = await fresh.com.atproto.server.describeServer()
  const { data: word } = await old.com.atproto.server.getServiceAuth({
    aud: server.did,
    lxm: 'com.atproto.server.createAccount',
  })
  await fresh.com.atproto.server.createAccount(
    { did, handle, email, password },
    { headers: { authorization: `Bearer ${word.token}` }, encoding: 'application/json' },
  )
  // The DID document still names the old server, where a login by handle would lead.
  const { data: session } = await fresh.com.atproto.server.createSession({ identifier: did, password })
  const stay = new AtpAgent({ service: to.url })
  stay.setHeader('authorization', `Bearer ${session.accessJwt}`)
  return stay
}

async function carryRepository(old, fresh, did) {
  const { data: car } = await old.com.atproto.sync.getRepo({ did })
  await fresh.com.atproto.repo.importRepo(car, { encoding: 'application/vnd.ipld.car' })
}

async function carryBlobs(old, fresh, did) {
  for (;;) {
    const { data } = await fresh.com.atproto.repo.listMissingBlobs({ limit: 2 })
    if (data.blobs.length === 0) return
    for (const { cid } of data.blobs) {
      const blob = await old.com.atproto.sync.getBlob({ did, cid })
      await fresh.com.atproto.repo.uploadBlob(blob.data, { encoding: blob.headers['content-type'] })
    }
  }
}

async function carryPreferences(old, fresh) {
  const { data } = await old.app.bsky.actor.getPreferences()
  await fresh.app.bsky.actor.putPreferences(data)
}

/** The old server, whose key the DID still knows, signs that it belongs to the new one. */
async function changeIdentity(from, old, fresh, { email }) {
  const { data: credentials } = await fresh.com.atproto.identity.getRecommendedDidCredentials()
  const token = await mailedCode(from, email, () => old.com.atproto.identity.requestPlcOperationSignature())
  const { data } = await old.com.atproto.identity.signPlcOperation({ token, ...credentials })
  await fresh.com.atproto.identity.submitPlcOperation({ operation: data.operation })
}

/** `hypercerts account move`, which stops once, for the code that the old server mails. */
export async function moveByCommand(network, { from, to, account, handle }) {
  const { identifier, password, email } = account
  const env = { HYPERCERTS_PDS: from.url, HYPERCERTS_PASSWORD: password, XDG_CONFIG_HOME: `${network.data}/${handle}` }
  await run(network, ['account', 'login', identifier], { env })
  const moving = ['account', 'move', '--to', to.url, '--handle', handle, '--email', email]
  const token = await mailedCode(from, email, async () => {
    const { code, stderr } = await hypercerts(network, moving, { env })
    if (code !== 1 || !stderr.includes('--token')) throw new Error(`it did not ask for the code: ${code}\n${stderr}`)
  })
  await run(network, [...moving, '--token', token], { env })
}

/** The code in the mail that an action leads to. */
async function mailedCode(server, email, action) {
  const before = (await server.mailsTo(email)).length
  await action()
  return within(10_000, async () => (await server.mailsTo(email)).slice(before).at(-1)?.text.match(CODE)?.[0])
}
