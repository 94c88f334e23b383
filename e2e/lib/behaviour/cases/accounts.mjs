// createAccount, handles, and what belongs to an identity.
import { request } from 'node:http'

import { NO_SUCH_CID, NO_SUCH_DID } from '../stage.mjs'

const signUp = (s, handle, more) =>
  s.call('server.createAccount', { handle, email: `${handle}@example.com`, password: 'correct horse', ...more })

export const createAccount = {
  'of a good handle': (s) => signUp(s, 'grace.test'),
  'of a handle in capitals': (s) => signUp(s, 'Heidi.Test', { email: 'heidi@example.com' }),
  'of a handle that is taken': (s) => signUp(s, 'alice.test', { email: 'another@example.com' }),
  'of a handle that is taken, in capitals': (s) => signUp(s, 'ALICE.test', { email: 'another@example.com' }),
  'of an e-mail that is taken': (s) => signUp(s, 'ivan.test', { email: 'alice@example.com' }),
  'of an e-mail that is taken, in capitals': (s) => signUp(s, 'ivan.test', { email: 'ALICE@example.com' }),
  'of an e-mail that is none': (s) => signUp(s, 'ivan.test', { email: 'nowhere' }),
  'of an e-mail with a space': (s) => signUp(s, 'ivan.test', { email: 'i van@example.com' }),
  'of an e-mail that is thrown away': (s) => signUp(s, 'peggy.test', { email: 'peggy@mailinator.com' }),
  'without an e-mail': (s) => signUp(s, 'oscar.test', { email: undefined }),
  'without a password': (s) => signUp(s, 'kim.test', { password: undefined }),
  'with a password of 7 characters': (s) => signUp(s, 'kim2.test', { password: 'horse 7' }),
  'with a password of 300 characters': (s) => signUp(s, 'kim3.test', { password: 'x'.repeat(300) }),
  'with an empty password': (s) => signUp(s, 'kim4.test', { password: '' }),
  'of no handle': (s) => signUp(s, undefined, { email: 'nobody@example.com' }),
  'of a handle that is none': (s) => signUp(s, 'not a handle', { email: 'nobody@example.com' }),
  'of a handle with an underscore': (s) => signUp(s, 'under_score.test'),
  'of a handle that begins with a hyphen': (s) => signUp(s, '-hyphen.test'),
  'of a handle of two characters': (s) => signUp(s, 'ab.test'),
  'of a handle of 19 characters': (s) => signUp(s, 'nineteencharacters1.test'),
  'of a handle with a dot too many': (s) => signUp(s, 'a.lice.test'),
  'of the domain itself': (s) => signUp(s, 'test', { email: 'nobody@example.com' }),
  'of a handle under another domain': (s) => signUp(s, 'alice.example.org'),
  'of a handle under a domain that nobody has': (s) => signUp(s, 'alice.invalid'),
  'of a reserved handle': (s) => signUp(s, 'admin.test'),
  'of another reserved handle': (s) => signUp(s, 'about.test'),
  'with a DID, but no word from it': (s) => signUp(s, 'liam.test', { did: s.bob.did }),
  'with a DID that is none': (s) => signUp(s, 'liam.test', { did: 'liam' }),
  'with a recovery key': (s) =>
    signUp(s, 'lena.test', { recoveryKey: 'did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme' }),
  'with a recovery key that is none': (s) => signUp(s, 'mona.test', { recoveryKey: 'did:key:nothing' }),
  'with an invite code nobody asked for': (s) => signUp(s, 'nina.test', { inviteCode: 'localhost-aaaaa-aaaaa' }),
  'with nothing': (s) => s.call('server.createAccount'),
}

const rename = (s, handle, who = s.bob) => s.call('identity.updateHandle', { handle }, who)

export const handles = {
  'update': async (s) => rename(s, 'robert.test'),
  'update to the same': async (s) => rename(s, 'robert.test'),
  'update to capitals': async (s) => rename(s, 'ROBERT.test'),
  'update to one that is taken': (s) => rename(s, 'alice.test'),
  'update to one that is reserved': (s) => rename(s, 'admin.test'),
  'update to one that is none': (s) => rename(s, 'not a handle'),
  'update to one of two characters': (s) => rename(s, 'ab.test'),
  'update to a domain that does not say so': (s) => rename(s, 'bob.example.org'),
  'update to nothing': (s) => s.call('identity.updateHandle', {}, s.bob),
  'update back': (s) => rename(s, 'bob.test'),
  'resolve': (s) => s.query('identity.resolveHandle', { handle: 'alice.test' }),
  'resolve in capitals': (s) => s.query('identity.resolveHandle', { handle: 'ALICE.test' }),
  'resolve one that was given up': (s) => s.query('identity.resolveHandle', { handle: 'robert.test' }),
  'resolve one that is not here': (s) => s.query('identity.resolveHandle', { handle: 'nobody.test' }),
  'resolve one that is nowhere': (s) => s.query('identity.resolveHandle', { handle: 'nobody.invalid' }),
  'resolve what is none': (s) => s.query('identity.resolveHandle', { handle: 'not a handle' }),
  'resolve nothing': (s) => s.query('identity.resolveHandle'),
}

export const identities = {
  'resolveDid': (s) => s.query('identity.resolveDid', { did: s.alice.did }),
  'resolveIdentity': (s) => s.query('identity.resolveIdentity', { identifier: s.alice.did }),
  'refreshIdentity': (s) => s.call('identity.refreshIdentity', { identifier: s.alice.did }),
  'getRecommendedDidCredentials': (s) => s.query('identity.getRecommendedDidCredentials', {}, s.alice),
  'signPlcOperation without a code': (s) => s.call('identity.signPlcOperation', {}, s.alice),
  'signPlcOperation with a wrong code': (s) => s.call('identity.signPlcOperation', { token: 'AAAAA-AAAAA' }, s.alice),
  'requestPlcOperationSignature': (s) => s.call('identity.requestPlcOperationSignature', undefined, s.alice),
  'signPlcOperation with its code': async (s) =>
    s.call(
      'identity.signPlcOperation',
      { token: await s.mailedCode(s.alice, 'identity.requestPlcOperationSignature') },
      s.alice,
    ),
  'submitPlcOperation of nothing': (s) => s.call('identity.submitPlcOperation', {}, s.alice),
  'submitPlcOperation of what is none': (s) => s.call('identity.submitPlcOperation', { operation: { a: 1 } }, s.alice),
  'submitPlcOperation to another server': async (s) => {
    const credentials = await s.ask('identity.getRecommendedDidCredentials', {}, s.alice)
    const services = { atproto_pds: { type: 'AtprotoPersonalDataServer', endpoint: 'https://elsewhere.example' } }
    const operation = { ...credentials, services, type: 'plc_operation', prev: NO_SUCH_CID, sig: 'x' }
    return s.call('identity.submitPlcOperation', { operation }, s.alice)
  },
  'reserveSigningKey': (s) => s.call('server.reserveSigningKey', {}),
  'reserveSigningKey of a DID': (s) => s.call('server.reserveSigningKey', { did: NO_SUCH_DID }),
  'well-known DID of a handle': (s) => wellKnown(s, 'alice.test'),
  'well-known DID of nobody': (s) => wellKnown(s, 'nobody.test'),
  'well-known DID of the server itself': (s) => s.fetch('/.well-known/atproto-did'),
}

/** `fetch` does not let anybody choose the Host. */
function wellKnown(s, host) {
  const { hostname, port } = new URL(s.url)
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path: '/.well-known/atproto-did', headers: { host } }, async (answer) => {
      const chunks = await Array.fromAsync(answer)
      const { 'content-type': type = '' } = answer.headers
      resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode, headers: { 'content-type': type } }))
    })
    asked.on('error', reject).end()
  })
}
