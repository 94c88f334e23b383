// An account's life: checked, asked for by services, deactivated, activated, deleted; its e-mail and its password; and
// what the administrator does.
import { NOTE, NO_SUCH_BLOB, NO_SUCH_DID, note } from '../stage.mjs'
import { ADMIN_PASSWORD } from '../../reference.mjs'

const MINUTE = 60
const inAnHour = () => Math.floor(Date.now() / 1000) + 60 * MINUTE
const serviceAuth = (s, params, who = s.alice) => s.query('server.getServiceAuth', params, who)
const AUD = 'did:web:api.example.com'

export const services = {
  'getServiceAuth': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.example.do' }),
  'getServiceAuth for a service of a DID': (s) => serviceAuth(s, { aud: `${AUD}#svc`, lxm: 'com.example.do' }),
  'getServiceAuth for an hour': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.example.do', exp: inAnHour() - 5 }),
  'getServiceAuth for more than an hour': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.example.do', exp: inAnHour() + 60 }),
  'getServiceAuth for a time that is over': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.example.do', exp: 1 }),
  'getServiceAuth for a time before all times': (s) =>
    serviceAuth(s, { aud: AUD, lxm: 'com.example.do', exp: '-9223372036854775808' }),
  'getServiceAuth for no method': (s) => serviceAuth(s, { aud: AUD }),
  'getServiceAuth for no method, for an hour': (s) => serviceAuth(s, { aud: AUD, exp: inAnHour() - 5 }),
  'getServiceAuth for what is no method': (s) => serviceAuth(s, { aud: AUD, lxm: 'do' }),
  'getServiceAuth for nobody': (s) => serviceAuth(s, { lxm: 'com.example.do' }),
  'getServiceAuth for no DID': (s) => serviceAuth(s, { aud: 'nobody', lxm: 'com.example.do' }),
  'getServiceAuth to move away': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.atproto.server.createAccount' }),
  'getServiceAuth to move away, with an app password': (s) =>
    serviceAuth(s, { aud: AUD, lxm: 'com.atproto.server.createAccount' }, s.app),
  ...Object.fromEntries(
    ['identity.updateHandle', 'identity.submitPlcOperation', 'server.deleteSession', 'server.createAppPassword', 'server.updateEmail', 'admin.sendEmail'].map(
      (name) => [
        `getServiceAuth for ${name}`,
        (s) => serviceAuth(s, { aud: AUD, lxm: `com.atproto.${name}` }),
      ],
    ),
  ),
  'getServiceAuth for private messages, with an app password': (s) =>
    serviceAuth(s, { aud: AUD, lxm: 'chat.bsky.convo.sendMessage' }, s.app),
  'a service token where a session is wanted': async (s) => {
    const { token } = await s.ask('server.getServiceAuth', { aud: s.did, lxm: 'com.example.do' }, s.alice)
    return s.query('server.getSession', {}, `Bearer ${token}`)
  },
  'a file uploaded by a service': async (s) => {
    const { token } = await s.ask('server.getServiceAuth', { aud: s.did, lxm: 'com.atproto.repo.uploadBlob' }, s.alice)
    return s.call('repo.uploadBlob', 'From a service.', `Bearer ${token}`, { 'content-type': 'text/plain' })
  },
  'a file uploaded by a service that may do something else': async (s) => {
    const { token } = await s.ask('server.getServiceAuth', { aud: s.did, lxm: 'com.example.do' }, s.alice)
    return s.call('repo.uploadBlob', 'From a service.', `Bearer ${token}`, { 'content-type': 'text/plain' })
  },
}

export const deactivation = {
  'checkAccountStatus': (s) => s.query('server.checkAccountStatus', {}, s.carol),
  'deactivate': (s) => s.call('server.deactivateAccount', {}, s.carol),
  'deactivate again': (s) => s.call('server.deactivateAccount', { deleteAfter: '2030-01-01T00:00:00Z' }, s.carol),
  'checkAccountStatus then': (s) => s.query('server.checkAccountStatus', {}, s.carol),
  'getSession then': (s) => s.query('server.getSession', {}, s.carol),
  'createSession then': (s) => s.call('server.createSession', { identifier: 'carol.test', password: s.carol.password }),
  'refreshSession then': (s) => s.call('server.refreshSession', undefined, `Bearer ${s.carol.refreshJwt}`),
  'createRecord then': (s) => s.call('repo.createRecord', { repo: s.carol.did, collection: NOTE, record: note() }, s.carol),
  'uploadBlob then': (s) => s.call('repo.uploadBlob', 'text', s.carol, { 'content-type': 'text/plain' }),
  'getServiceAuth then': (s) => serviceAuth(s, { aud: AUD, lxm: 'com.example.do' }, s.carol),
  'updateHandle then': (s) => s.call('identity.updateHandle', { handle: 'caroline.test' }, s.carol),
  'createAppPassword then': (s) => s.call('server.createAppPassword', { name: 'then' }, s.carol),
  'getRecord then': (s) => s.query('repo.getRecord', { repo: s.carol.did, collection: NOTE, rkey: 'one' }),
  'getRecord then, by its owner': (s) => s.query('repo.getRecord', { repo: s.carol.did, collection: NOTE, rkey: 'one' }, s.carol),
  'listRecords then': (s) => s.query('repo.listRecords', { repo: s.carol.did, collection: NOTE }),
  'describeRepo then': (s) => s.query('repo.describeRepo', { repo: s.carol.did }),
  'resolveHandle then': (s) => s.query('identity.resolveHandle', { handle: 'carol.test' }),
  ...ofInactive('carol'),
  'getRepo then, by its owner': (s) => s.query('sync.getRepo', { did: s.carol.did }, s.carol),
  'listRepos then, as far as the account': (s) => s.query('sync.listRepos', { limit: 3 }),
  'activate': (s) => s.call('server.activateAccount', undefined, s.carol),
  'activate again': (s) => s.call('server.activateAccount', undefined, s.carol),
  'getLatestCommit when it is active again': (s) => s.query('sync.getLatestCommit', { did: s.carol.did }),
}

/** What the public may still ask about an account that is not active. */
function ofInactive(name) {
  const ask = (method, more) => (s) => s.query(method, { did: s[name].did, ...more(s) })
  return Object.fromEntries(
    [
      ['sync.getRepo', () => ({})],
      ['sync.getLatestCommit', () => ({})],
      ['sync.getRepoStatus', () => ({})],
      ['sync.getRecord', () => ({ collection: NOTE, rkey: 'one' })],
      ['sync.getBlocks', (s) => ({ cids: s.pictured.cid })],
      ['sync.listBlobs', () => ({})],
      ['sync.getBlob', (s) => ({ cid: NO_SUCH_BLOB })],
    ].map(([method, more]) => [`${method} of ${name} then`, ask(method, more)]),
  )
}

export const mail = {
  'requestEmailConfirmation': (s) => s.call('server.requestEmailConfirmation', undefined, s.dave),
  'confirmEmail with a wrong code': (s) => s.call('server.confirmEmail', { email: s.dave.email, token: 'AAAAA-AAAAA' }, s.dave),
  'confirmEmail of another address': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestEmailConfirmation')
    return s.call('server.confirmEmail', { email: 'other@example.com', token }, s.dave)
  },
  'confirmEmail': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestEmailConfirmation')
    return s.call('server.confirmEmail', { email: s.dave.email, token: token.toLowerCase() }, s.dave)
  },
  'requestEmailConfirmation when it is confirmed': (s) => s.call('server.requestEmailConfirmation', undefined, s.dave),
  'getSession of a confirmed address': (s) => s.query('server.getSession', {}, s.dave),
  'updateEmail without the code it needs': (s) => s.call('server.updateEmail', { email: 'david@example.com' }, s.dave),
  'updateEmail with a wrong code': (s) => s.call('server.updateEmail', { email: 'david@example.com', token: 'AAAAA-AAAAA' }, s.dave),
  'updateEmail to one that is taken': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestEmailUpdate')
    return s.call('server.updateEmail', { email: 'alice@example.com', token }, s.dave)
  },
  'updateEmail to what is none': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestEmailUpdate')
    return s.call('server.updateEmail', { email: 'nowhere', token }, s.dave)
  },
  'requestEmailUpdate': (s) => s.call('server.requestEmailUpdate', undefined, s.dave),
  'updateEmail': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestEmailUpdate')
    return s.call('server.updateEmail', { email: 'david@example.com', token }, s.dave)
  },
  'requestEmailUpdate when nothing is confirmed': (s) => s.call('server.requestEmailUpdate', undefined, s.dave),
  'updateEmail when nothing is confirmed': (s) => s.call('server.updateEmail', { email: 'dave@example.com' }, s.dave),
}

export const passwords = {
  'requestPasswordReset of nobody': (s) => s.call('server.requestPasswordReset', { email: 'nobody@example.com' }),
  'requestPasswordReset of no address': (s) => s.call('server.requestPasswordReset', {}),
  'requestPasswordReset': (s) => s.call('server.requestPasswordReset', { email: s.dave.email }),
  'resetPassword with a wrong code': (s) => s.call('server.resetPassword', { token: 'AAAAA-AAAAA', password: 'another horse' }),
  'resetPassword to one that is too short': async (s) => {
    const token = await s.mailedCode(s.dave, 'server.requestPasswordReset', { email: s.dave.email })
    return s.call('server.resetPassword', { token, password: 'short' })
  },
  'resetPassword': async (s) => {
    s.resetCode = await s.mailedCode(s.dave, 'server.requestPasswordReset', { email: s.dave.email })
    return s.call('server.resetPassword', { token: s.resetCode, password: 'another horse' })
  },
  'resetPassword twice': (s) => s.call('server.resetPassword', { token: s.resetCode, password: 'third horse' }),
  'createSession with the old password': (s) =>
    s.call('server.createSession', { identifier: s.dave.did, password: s.dave.password }),
  'createSession with the new password': (s) =>
    s.call('server.createSession', { identifier: s.dave.did, password: 'another horse' }),
  'refreshSession of before': (s) => s.call('server.refreshSession', undefined, `Bearer ${s.dave.refreshJwt}`),
}

const deletion = (s, more) =>
  s.call('server.deleteAccount', { did: s.erin.did, password: s.erin.password, token: 'AAAAA-AAAAA', ...more })

export const deletionOfAccounts = {
  'requestAccountDelete': (s) => s.call('server.requestAccountDelete', undefined, s.erin),
  'deleteAccount with a wrong code': (s) => deletion(s),
  'deleteAccount with a wrong password': async (s) =>
    deletion(s, { token: await s.mailedCode(s.erin, 'server.requestAccountDelete'), password: 'wrong horse' }),
  'deleteAccount of somebody who is not here': (s) => deletion(s, { did: NO_SUCH_DID }),
  'deleteAccount without a code': (s) => deletion(s, { token: undefined }),
  'deleteAccount': async (s) =>
    deletion(s, { token: await s.mailedCode(s.erin, 'server.requestAccountDelete') }),
  'deleteAccount twice': (s) => deletion(s),
  'getSession then': (s) => s.query('server.getSession', {}, s.erin),
  'refreshSession then': (s) => s.call('server.refreshSession', undefined, `Bearer ${s.erin.refreshJwt}`),
  'createRecord then': (s) => s.call('repo.createRecord', { repo: s.erin.did, collection: NOTE, record: note() }, s.erin),
  'createSession then': (s) => s.call('server.createSession', { identifier: s.erin.did, password: s.erin.password }),
  'getRecord then': (s) => s.query('repo.getRecord', { repo: s.erin.did, collection: NOTE, rkey: 'one' }),
  'resolveHandle then': (s) => s.query('identity.resolveHandle', { handle: 'erin.test' }),
  ...ofInactive('erin'),
  'createAccount with its handle then': (s) =>
    s.call('server.createAccount', { handle: 'erin.test', email: 'erin2@example.com', password: 'correct horse' }),
}

const ADMIN = `Basic ${Buffer.from(`admin:${ADMIN_PASSWORD}`).toString('base64')}`
const takeDown = (s, applied, did = s.frank.did) =>
  s.call(
    'admin.updateSubjectStatus',
    { subject: { $type: 'com.atproto.admin.defs#repoRef', did }, takedown: { applied, ref: 'case-1' } },
    ADMIN,
  )

export const administration = {
  'getAccountInfo': (s) => s.query('admin.getAccountInfo', { did: s.frank.did }, ADMIN),
  'getAccountInfo by nobody': (s) => s.query('admin.getAccountInfo', { did: s.frank.did }),
  'getAccountInfo by the account': (s) => s.query('admin.getAccountInfo', { did: s.frank.did }, s.frank),
  'getAccountInfo with a wrong password': (s) =>
    s.query('admin.getAccountInfo', { did: s.frank.did }, `Basic ${Buffer.from('admin:wrong').toString('base64')}`),
  'getAccountInfo with another name': (s) =>
    s.query('admin.getAccountInfo', { did: s.frank.did }, `Basic ${Buffer.from(`root:${ADMIN_PASSWORD}`).toString('base64')}`),
  'getAccountInfo of nobody here': (s) => s.query('admin.getAccountInfo', { did: NO_SUCH_DID }, ADMIN),
  'getAccountInfos': (s) => s.query('admin.getAccountInfos', { dids: [s.frank.did, s.bob.did] }, ADMIN),
  'getSubjectStatus': (s) => s.query('admin.getSubjectStatus', { did: s.frank.did }, ADMIN),
  'getInviteCodes': (s) => s.query('admin.getInviteCodes', {}, ADMIN),
  'createInviteCode': (s) => s.call('server.createInviteCode', { useCount: 1 }, ADMIN),
  'createInviteCode by an account': (s) => s.call('server.createInviteCode', { useCount: 1 }, s.frank),
  'createInviteCodes': (s) => s.call('server.createInviteCodes', { codeCount: 2, useCount: 3 }, ADMIN),
  'getAccountInviteCodes': (s) => s.query('server.getAccountInviteCodes', {}, s.frank),
  'disableAccountInvites': (s) => s.call('admin.disableAccountInvites', { account: s.frank.did }, ADMIN),
  'enableAccountInvites': (s) => s.call('admin.enableAccountInvites', { account: s.frank.did }, ADMIN),
  'updateAccountEmail': (s) => s.call('admin.updateAccountEmail', { account: s.frank.did, email: 'franky@example.com' }, ADMIN),
  'updateAccountHandle': (s) => s.call('admin.updateAccountHandle', { did: s.frank.did, handle: 'franky.test' }, ADMIN),
  'updateAccountPassword': (s) => s.call('admin.updateAccountPassword', { did: s.frank.did, password: 'another horse' }, ADMIN),
  'sendEmail': (s) =>
    s.call('admin.sendEmail', { recipientDid: s.frank.did, content: 'Hello.', subject: 'Hello', senderDid: s.did }, ADMIN),
  'take down': (s) => takeDown(s, true),
  'take down somebody who is not here': (s) => takeDown(s, true, NO_SUCH_DID),
  'getSubjectStatus then': (s) => s.query('admin.getSubjectStatus', { did: s.frank.did }, ADMIN),
  'createSession then': (s) => s.call('server.createSession', { identifier: s.frank.did, password: 'another horse' }),
  'createSession then, with allowTakendown': (s) =>
    s.call('server.createSession', { identifier: s.frank.did, password: 'another horse', allowTakendown: true }),
  'getSession then': (s) => s.query('server.getSession', {}, s.frank),
  'createRecord then': (s) => s.call('repo.createRecord', { repo: s.frank.did, collection: NOTE, record: note() }, s.frank),
  'getRecord then': (s) => s.query('repo.getRecord', { repo: s.frank.did, collection: NOTE, rkey: 'one' }),
  'describeRepo then': (s) => s.query('repo.describeRepo', { repo: s.frank.did }),
  ...ofInactive('frank'),
  'lift': (s) => takeDown(s, false),
  'getLatestCommit when it is lifted': (s) => s.query('sync.getLatestCommit', { did: s.frank.did }),
  'deleteAccount by the administrator': (s) => s.call('admin.deleteAccount', { did: s.frank.did }, ADMIN),
  'deleteAccount by the account itself': (s) => s.call('admin.deleteAccount', { did: s.bob.did }, s.bob),
}
