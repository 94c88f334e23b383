// An account whose identity is a site of its owner's settles on a PDS and moves to another one by our command, which
// says what the owner has to write on the site, as nobody else can.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { AtpAgent } from '@atproto/api'
import { Secp256k1Keypair } from '@atproto/crypto'

import { hypercerts, run, startNetwork, within } from '../lib/network.mjs'
import { startSite } from '../lib/site.mjs'

const CLAIM = 'org.hypercerts.claim.activity'
const PASSWORD = 'correct horse mia'
const CREATE_ACCOUNT = 'com.atproto.server.createAccount'

let first, second, site
before(async () => ([first, second, site] = await Promise.all([startNetwork(), startNetwork(), startSite()])))
after(() => Promise.all([first?.stop(), second?.stop(), site?.stop()]))

test('an account of did:web settles, moves by the command, and its claim still holds', async () => {
  const home = await settle(first, 'mia.test')
  const record = { $type: CLAIM, title: 'Reeds planted', shortDescription: 'Along the lake.', createdAt: new Date().toISOString() }
  const { data: claim } = await home.com.atproto.repo.createRecord({ repo: site.did, collection: CLAIM, record })
  await run(first, ['verify', claim.uri])

  const env = { HYPERCERTS_PASSWORD: PASSWORD }
  const moving = ['account', 'move', '--to', second.pds, '--handle', 'mia2.test']
  await run(first, ['account', 'login', 'mia.test'], { env })
  const asked = await hypercerts(first, moving, { env })
  assert.equal(asked.code, 1, asked.stderr)
  const [, key] = /publicKeyMultibase\s+(z\w+)/.exec(asked.stderr) ?? assert.fail(asked.stderr)
  const [, handle] = /alsoKnownAs\s+at:\/\/(\S+)/.exec(asked.stderr) ?? assert.fail(asked.stderr)
  assert.match(asked.stderr, new RegExp(`serviceEndpoint\\s+${second.pds}`))
  assert.equal((await statusAt(first)).active, true, 'it lives where it was until the owner has written')

  site.describe({ handle, key, pds: second.pds })
  await run(first, moving, { env })
  assert.deepEqual(await statusAt(first), { did: site.did, active: false, status: 'deactivated' })
  const moved = await new AtpAgent({ service: second.pds }).com.atproto.repo.getRecord({
    repo: site.did,
    collection: CLAIM,
    rkey: claim.uri.split('/').pop(),
  })
  assert.equal(moved.data.cid, claim.cid)
  await within(10_000, () => run(second, ['verify', claim.uri]))
})

/** The owner asks for a key, writes it on the site, and vouches for herself with the key that was there before. */
async function settle({ pds }, handle) {
  const agent = new AtpAgent({ service: pds })
  const own = await Secp256k1Keypair.create()
  site.describe({ handle, key: own.did(), pds: 'https://pds.example.org' })
  const { data: reserved } = await agent.com.atproto.server.reserveSigningKey({ did: site.did })
  const { data: server } = await agent.com.atproto.server.describeServer()
  const word = await vouch(own, server.did)
  const { data: session } = await agent.com.atproto.server.createAccount(
    { did: site.did, handle, password: PASSWORD },
    { headers: { authorization: `Bearer ${word}` }, encoding: 'application/json' },
  )
  site.describe({ handle, key: reserved.signingKey, pds })
  const settled = new AtpAgent({ service: pds })
  settled.setHeader('authorization', `Bearer ${session.accessJwt}`)
  await settled.com.atproto.server.activateAccount()
  return settled
}

/** The word of a DID, signed by its key, that it wants an account at a server. */
async function vouch(key, aud) {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: site.did, aud, lxm: CREATE_ACCOUNT, iat: now, exp: now + 60, jti: `${now}` }
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ typ: 'JWT', alg: key.jwtAlg })}.${encode(claims)}`
  return `${signed}.${Buffer.from(await key.sign(Buffer.from(signed))).toString('base64url')}`
}

async function statusAt({ pds }) {
  const { data } = await new AtpAgent({ service: pds }).com.atproto.sync.getRepoStatus({ did: site.did })
  const { did, active, status } = data
  return status ? { did, active, status } : { did, active }
}
