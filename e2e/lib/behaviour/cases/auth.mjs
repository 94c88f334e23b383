// Authorization in all its states, for a procedure, a query, and the methods that take a refresh token.
import { NO_SUCH_DID, NOTE, note } from '../stage.mjs'

const HOUR = 3600
const now = () => Math.floor(Date.now() / 1000)

/** Every Authorization header there can be, by what is the matter with it. */
const HEADERS = {
  'nobody': () => undefined,
  'a scheme without a token': () => 'Bearer',
  'a token that is none': () => 'Bearer nothing',
  'a token of three parts that are none': () => 'Bearer a.b.c',
  'a token without a scheme': (s) => s.alice.accessJwt,
  'a password': (s) => `Basic ${Buffer.from(`alice.test:${s.alice.password}`).toString('base64')}`,
  'an unknown scheme': (s) => `Token ${s.alice.accessJwt}`,
  'a token under DPoP without a proof': (s) => `DPoP ${s.alice.accessJwt}`,
  'a scheme in small letters': (s) => `bearer ${s.alice.accessJwt}`,
  'a good access token': (s) => `Bearer ${s.alice.accessJwt}`,
  'a good refresh token': (s) => `Bearer ${s.alice.refreshJwt}`,
  "an app password's access token": (s) => `Bearer ${s.app.accessJwt}`,
  'an access token that has expired': (s) => s.secrets.mint(s.alice, { iat: now() - 3 * HOUR, exp: now() - HOUR }),
  'an access token of another server': (s) => s.secrets.mint(s.alice, { aud: 'did:web:elsewhere.example' }),
  'an access token signed by somebody else': (s) => s.secrets.mint(s.alice, { key: 'not the secret' }),
  'an access token signed by nobody': (s) => s.secrets.mint(s.alice, { alg: 'none' }),
  'an access token of another kind': (s) => s.secrets.mint(s.alice, { typ: 'JWT' }),
  'an access token for something else': (s) => s.secrets.mint(s.alice, { scope: 'com.atproto.nothing' }),
  'an access token of an account that is not here': (s) => s.secrets.mint({ did: NO_SUCH_DID }),
  'an access token of no account': (s) => s.secrets.mint({}),
}

/** One method with all the headers. */
const inEveryState = (name, ask) =>
  Object.fromEntries(Object.entries(HEADERS).map(([state, header]) => [`${name}: ${state}`, (s) => ask(s, header(s))]))

export const authorization = {
  ...inEveryState('createRecord', (s, who) =>
    s.call('repo.createRecord', { repo: s.alice.did, collection: NOTE, record: note() }, who),
  ),
  ...inEveryState('getSession', (s, who) => s.query('server.getSession', {}, who)),
}

/** Those of the headers that cannot do anything. */
const harmless = Object.fromEntries(Object.entries(HEADERS).filter(([state]) => state !== 'a good refresh token'))

const withHarmless = (name, ask) =>
  Object.fromEntries(Object.entries(harmless).map(([state, header]) => [`${name}: ${state}`, (s) => ask(s, header(s))]))

export const refreshTokens = {
  ...withHarmless('refreshSession', (s, who) => s.call('server.refreshSession', undefined, who)),
  ...withHarmless('deleteSession', (s, who) => s.call('server.deleteSession', undefined, who)),
}

/** What an app password, which acts on records, may do to the account. Each is asked in a way that changes nothing. */
const ACCOUNT_METHODS = {
  'server.createAppPassword': (s, m, who) => s.call(m, { name: 'another' }, who),
  'server.listAppPasswords': (s, m, who) => s.query(m, {}, who),
  'server.revokeAppPassword': (s, m, who) => s.call(m, { name: 'nothing' }, who),
  'server.getSession': (s, m, who) => s.query(m, {}, who),
  'server.getAccountInviteCodes': (s, m, who) => s.query(m, {}, who),
  'server.checkAccountStatus': (s, m, who) => s.query(m, {}, who),
  'server.getServiceAuth': (s, m, who) => s.query(m, { aud: 'did:web:example.com', lxm: 'com.example.do' }, who),
  'server.deactivateAccount': (s, m, who) => s.call(m, {}, who),
  'server.activateAccount': (s, m, who) => s.call(m, undefined, who),
  'server.requestAccountDelete': (s, m, who) => s.call(m, undefined, who),
  'server.requestEmailConfirmation': (s, m, who) => s.call(m, undefined, who),
  'server.confirmEmail': (s, m, who) => s.call(m, { email: 'alice@example.com', token: 'AAAAA-AAAAA' }, who),
  'server.requestEmailUpdate': (s, m, who) => s.call(m, undefined, who),
  'server.updateEmail': (s, m, who) => s.call(m, { email: 'alice@example.com' }, who),
  'identity.updateHandle': (s, m, who) => s.call(m, { handle: 'a.b.c' }, who),
  'identity.getRecommendedDidCredentials': (s, m, who) => s.query(m, {}, who),
  'identity.requestPlcOperationSignature': (s, m, who) => s.call(m, undefined, who),
  'identity.signPlcOperation': (s, m, who) => s.call(m, { token: 'AAAAA-AAAAA' }, who),
  'identity.submitPlcOperation': (s, m, who) => s.call(m, { operation: {} }, who),
}

const asked = (who, of) =>
  Object.fromEntries(Object.entries(ACCOUNT_METHODS).map(([method, ask]) => [method, (s) => ask(s, method, of(s, who))]))

export const byAppPassword = asked('app', (s) => s.app)

export const byNobody = asked('nobody', () => undefined)
