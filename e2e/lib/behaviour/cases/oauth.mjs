// The documents and the endpoints of OAuth, as far as they are reached without a browser.
import { createHash } from 'node:crypto'

const form = (s, path, fields, headers = {}) =>
  s.fetch(path, { method: 'POST', body: new URLSearchParams(fields), headers })

const CLIENT = 'http://localhost'
const REDIRECT = 'http://127.0.0.1/'
const challenge = (secret) => createHash('sha256').update(secret).digest('base64url')

const par = (s, more) =>
  form(s, '/oauth/par', {
    client_id: CLIENT,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'atproto',
    state: 'state',
    code_challenge_method: 'S256',
    ...more,
  })

export const documents = {
  'the protected resource': (s) => s.fetch('/.well-known/oauth-protected-resource'),
  'the authorization server': (s) => s.fetch('/.well-known/oauth-authorization-server'),
  'the keys': (s) => s.fetch('/oauth/jwks'),
}

export const authorizationRequests = {
  'pushed': (s) => par(s, { code_challenge: challenge('a') }),
  'pushed with a hint': (s) => par(s, { code_challenge: challenge('b'), login_hint: 'alice.test' }),
  'pushed, with a challenge that was used': (s) => par(s, { code_challenge: challenge('a') }),
  'pushed, without a challenge': (s) => par(s, {}),
  'pushed, with a plain challenge': (s) => par(s, { code_challenge: challenge('c'), code_challenge_method: 'plain' }),
  'pushed, for a token': (s) => par(s, { code_challenge: challenge('d'), response_type: 'token' }),
  'pushed, without the scope atproto': (s) => par(s, { code_challenge: challenge('e'), scope: 'transition:generic' }),
  'pushed, for another redirect': (s) => par(s, { code_challenge: challenge('f'), redirect_uri: 'https://elsewhere.example/' }),
  'pushed, for any port': (s) => par(s, { code_challenge: challenge('g'), redirect_uri: 'http://127.0.0.1:4711/' }),
  'pushed, with a scope that the client did not name': (s) =>
    par(s, { code_challenge: challenge('h'), scope: 'atproto transition:generic' }),
  'pushed, by no client': (s) => par(s, { code_challenge: challenge('i'), client_id: '' }),
  'pushed, by a client that cannot be reached': (s) =>
    par(s, { code_challenge: challenge('j'), client_id: 'https://client.invalid/metadata.json' }),
  'pushed, by a client of no address': (s) => par(s, { code_challenge: challenge('k'), client_id: 'client' }),
  'pushed, with nothing': (s) => form(s, '/oauth/par', {}),
  'pushed as JSON': (s) =>
    s.fetch('/oauth/par', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }),
  'not pushed': (s) => s.fetch('/oauth/par'),
  'shown, without any': (s) => s.fetch('/oauth/authorize'),
  'shown, one that is not known': (s) =>
    s.fetch(`/oauth/authorize?client_id=${CLIENT}&request_uri=urn:ietf:params:oauth:request_uri:nothing`),
}

export const tokens = {
  'of nothing': (s) => form(s, '/oauth/token', {}),
  'of an unknown grant': (s) => form(s, '/oauth/token', { client_id: CLIENT, grant_type: 'password' }),
  'of a code that is none': (s) =>
    form(s, '/oauth/token', {
      client_id: CLIENT,
      grant_type: 'authorization_code',
      code: 'nothing',
      redirect_uri: REDIRECT,
      code_verifier: 'a',
    }),
  'of a refresh token that is none': (s) =>
    form(s, '/oauth/token', { client_id: CLIENT, grant_type: 'refresh_token', refresh_token: 'nothing' }),
  'with a proof that is none': (s) =>
    form(s, '/oauth/token', { client_id: CLIENT, grant_type: 'refresh_token', refresh_token: 'nothing' }, { dpop: 'nothing' }),
  'of GET': (s) => s.fetch('/oauth/token'),
  'revoked, one that is none': (s) => form(s, '/oauth/revoke', { client_id: CLIENT, token: 'nothing' }),
  'revoked, without one': (s) => form(s, '/oauth/revoke', { client_id: CLIENT }),
}
