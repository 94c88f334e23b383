// createSession, getSession, refreshSession, deleteSession, and app passwords.
const logIn = (s, identifier, password, more) => s.call('server.createSession', { identifier, password, ...more })

export const createSession = {
  'by handle': (s) => logIn(s, 'alice.test', s.alice.password),
  'by handle in capitals': (s) => logIn(s, 'Alice.Test', s.alice.password),
  'by DID': (s) => logIn(s, s.alice.did, s.alice.password),
  'by e-mail': (s) => logIn(s, s.alice.email, s.alice.password),
  'by e-mail in capitals': (s) => logIn(s, s.alice.email.toUpperCase(), s.alice.password),
  'with a wrong password': (s) => logIn(s, 'alice.test', 'wrong horse'),
  'with no password': (s) => logIn(s, 'alice.test'),
  'with an empty password': (s) => logIn(s, 'alice.test', ''),
  'with a number for a password': (s) => logIn(s, 'alice.test', 12345678),
  'with a password of 10 kB': (s) => logIn(s, 'alice.test', 'x'.repeat(10_000)),
  'of a handle that is not here': (s) => logIn(s, 'nobody.test', 'correct horse'),
  'of a DID that is not here': (s) => logIn(s, 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', 'correct horse'),
  'of an e-mail that is not here': (s) => logIn(s, 'nobody@example.com', 'correct horse'),
  'of an empty identifier': (s) => logIn(s, '', 'correct horse'),
  'of no identifier': (s) => logIn(s, undefined, 'correct horse'),
  'with a code nobody asked for': (s) => logIn(s, 'alice.test', s.alice.password, { authFactorToken: 'AAAAA-AAAAA' }),
  'with allowTakendown': (s) => logIn(s, 'alice.test', s.alice.password, { allowTakendown: true }),
  'with nothing': (s) => s.call('server.createSession'),
}

const fresh = (s) => s.tell('server.createSession', { identifier: 'bob.test', password: s.bob.password })
const refresh = (s, session) => s.call('server.refreshSession', undefined, `Bearer ${session.refreshJwt}`)

export const livesOfSessions = {
  'getSession': (s) => s.query('server.getSession', {}, s.alice),
  'getSession of an app password': (s) => s.query('server.getSession', {}, s.app),
  'refreshSession': async (s) => refresh(s, await fresh(s)),
  'refreshSession of an app password': (s) => refresh(s, s.app),
  'refreshSession a second time, within the grace period': async (s) => {
    const session = await fresh(s)
    await refresh(s, session)
    return refresh(s, session)
  },
  'refreshSession with a body': async (s) =>
    s.call('server.refreshSession', {}, `Bearer ${(await fresh(s)).refreshJwt}`),
  'deleteSession': async (s) => s.call('server.deleteSession', undefined, `Bearer ${(await fresh(s)).refreshJwt}`),
  'deleteSession twice': async (s) => {
    const who = `Bearer ${(await fresh(s)).refreshJwt}`
    await s.call('server.deleteSession', undefined, who)
    return s.call('server.deleteSession', undefined, who)
  },
  'refreshSession after deleteSession': async (s) => {
    const session = await fresh(s)
    await s.call('server.deleteSession', undefined, `Bearer ${session.refreshJwt}`)
    return refresh(s, session)
  },
  'getSession after deleteSession': async (s) => {
    const session = await fresh(s)
    await s.call('server.deleteSession', undefined, `Bearer ${session.refreshJwt}`)
    return s.query('server.getSession', {}, session)
  },
}

const make = (s, body) => s.call('server.createAppPassword', body, s.bob)

export const appPasswords = {
  'create': (s) => make(s, { name: 'phone' }),
  'create one that is privileged': (s) => make(s, { name: 'tablet', privileged: true }),
  'create with the same name': (s) => make(s, { name: 'phone' }),
  'create without a name': (s) => make(s, {}),
  'create with an empty name': (s) => make(s, { name: '' }),
  'create with a name of 1000 characters': (s) => make(s, { name: 'n'.repeat(1000) }),
  'list': (s) => s.query('server.listAppPasswords', {}, s.alice),
  'log in': async (s) => {
    const { password } = await s.tell('server.createAppPassword', { name: 'desk' }, s.bob)
    return logIn(s, 'bob.test', password)
  },
  'log in with one of somebody else': async (s) => {
    const { password } = await s.tell('server.createAppPassword', { name: 'sofa' }, s.bob)
    return logIn(s, 'alice.test', password)
  },
  'revoke': (s) => s.call('server.revokeAppPassword', { name: 'phone' }, s.bob),
  'revoke twice': (s) => s.call('server.revokeAppPassword', { name: 'phone' }, s.bob),
  'log in with one that was revoked': async (s) => {
    const { password } = await s.tell('server.createAppPassword', { name: 'lost' }, s.bob)
    await s.tell('server.revokeAppPassword', { name: 'lost' }, s.bob)
    return logIn(s, 'bob.test', password)
  },
  'refresh a session of one that was revoked': async (s) => {
    const { password } = await s.tell('server.createAppPassword', { name: 'stolen' }, s.bob)
    const session = await s.tell('server.createSession', { identifier: 'bob.test', password })
    await s.tell('server.revokeAppPassword', { name: 'stolen' }, s.bob)
    return refresh(s, session)
  },
}
