// Verbs, paths, bodies and headers, whatever the method.
import { gzipSync } from 'node:zlib'

import { NOTE, PHOTO, note } from '../stage.mjs'

const xrpc = (method, path, options) => (s) => s.fetch(`/xrpc/${path}`, { method, ...options })

const RECORD = 'com.atproto.repo.createRecord'
const READ = 'com.atproto.repo.getRecord'

export const verbs = {
  'GET of a procedure': xrpc('GET', RECORD),
  'POST of a query': xrpc('POST', READ),
  'PUT of a procedure': xrpc('PUT', RECORD),
  'PUT of a query': xrpc('PUT', READ),
  'DELETE of a query': xrpc('DELETE', READ),
  'HEAD of a query': (s) => s.fetch(`/xrpc/com.atproto.sync.getLatestCommit?did=${s.alice.did}`, { method: 'HEAD' }),
}

export const names = {
  'an unknown method': xrpc('GET', 'com.example.nothing'),
  'an unknown procedure': xrpc('POST', 'com.example.nothing'),
  'an unknown method, by somebody': (s) => s.query('com.example.nothing', {}, s.alice),
  'an unknown method of the protocol': xrpc('GET', 'com.atproto.server.nothing'),
  'a method in other letters': xrpc('GET', 'com.atproto.server.DescribeServer'),
  'a method with a slash behind it': xrpc('GET', 'com.atproto.server.describeServer/'),
  'a method with more behind it': xrpc('GET', 'com.atproto.server.describeServer/more'),
  'a method of two segments': xrpc('GET', 'atproto.server'),
  'a method with a fragment': xrpc('GET', 'com.atproto.server.describeServer%23main'),
  'a method without a name': xrpc('GET', ''),
  'a record type': xrpc('GET', 'app.bsky.graph.follow'),
  'a path that is none': (s) => s.fetch('/nothing/here'),
  'the front door': (s) => s.fetch('/'),
  'robots.txt': (s) => s.fetch('/robots.txt'),
  'health': (s) => s.fetch('/xrpc/_health'),
  'describeServer': (s) => s.query('server.describeServer'),
  'checkSignupQueue': (s) => s.query('temp.checkSignupQueue', {}, s.alice),
}

const write = (s, body, headers) => s.call('repo.createRecord', body, s.alice, headers)
const json = (s) => JSON.stringify({ repo: s.alice.did, collection: NOTE, record: note() })

export const bodies = {
  'JSON with its character set': (s) => write(s, json(s), { 'content-type': 'application/json; charset=utf-8' }),
  'JSON in another character set': (s) => write(s, json(s), { 'content-type': 'application/json; charset=latin1' }),
  'JSON in capitals': (s) => write(s, json(s), { 'content-type': 'Application/JSON' }),
  'JSON as text': (s) => write(s, json(s), { 'content-type': 'text/plain' }),
  'JSON as bytes': (s) => write(s, Buffer.from(json(s)), { 'content-type': 'application/octet-stream' }),
  'JSON as nothing': (s) => write(s, Buffer.from(json(s)), {}),
  'JSON as a form': (s) => write(s, json(s), { 'content-type': 'application/x-www-form-urlencoded' }),
  'JSON that breaks off': (s) => write(s, json(s).slice(0, -1), { 'content-type': 'application/json' }),
  'JSON with something behind it': (s) => write(s, `${json(s)}x`, { 'content-type': 'application/json' }),
  'JSON that is a list': (s) => write(s, '[]', { 'content-type': 'application/json' }),
  'JSON that is null': (s) => write(s, 'null', { 'content-type': 'application/json' }),
  'JSON that is no UTF-8': (s) =>
    write(s, Buffer.concat([Buffer.from(json(s).slice(0, -2)), Buffer.from([0xff, 0x7d, 0x7d])]), { 'content-type': 'application/json' }),
  'JSON, packed': (s) =>
    write(s, gzipSync(json(s)), { 'content-type': 'application/json', 'content-encoding': 'gzip' }),
  'JSON, packed in an unknown way': (s) =>
    write(s, json(s), { 'content-type': 'application/json', 'content-encoding': 'rar' }),
  'an empty body of a type': (s) => write(s, '', { 'content-type': 'application/json' }),
  'nothing at all': (s) => write(s, undefined, {}),
  'a body for a method that takes none': (s) => s.call('server.requestEmailUpdate', { a: 1 }, s.bob),
  'parameters on a procedure': (s) =>
    s.fetch(`/xrpc/${RECORD}?colour=green`, { method: 'POST', who: s.alice, body: json(s), headers: { 'content-type': 'application/json' } }),
}

const CORS = [
  'access-control-allow-origin',
  'access-control-allow-headers',
  'access-control-allow-credentials',
  'access-control-max-age',
]

const preflight = (path) => (s) =>
  s.fetch(path, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,dpop,content-type',
    },
  })

const fromElsewhere = { headers: { origin: 'https://app.example' } }

export const crossOrigin = {
  'preflight of a procedure': { headers: CORS, ask: preflight(`/xrpc/${RECORD}`) },
  'preflight of an unknown method': { headers: CORS, ask: preflight('/xrpc/com.example.nothing') },
  'an answer': { headers: CORS, ask: (s) => s.fetch('/xrpc/com.atproto.server.describeServer', fromElsewhere) },
  'a refusal': { headers: CORS, ask: (s) => s.fetch(`/xrpc/${READ}`, fromElsewhere) },
  'an answer to somebody': {
    headers: [...CORS, 'cache-control'],
    ask: (s) => s.query('server.getSession', {}, s.alice, fromElsewhere.headers),
  },
  'preflight of the token endpoint': { headers: CORS, ask: preflight('/oauth/token') },
  'preflight of the metadata': { headers: CORS, ask: preflight('/.well-known/oauth-authorization-server') },
}

const ANSWERED = ['content-language', 'atproto-repo-rev', 'set-cookie', 'x-other']
const FROM_AN_APP = {
  'accept-language': 'sw',
  'atproto-accept-labelers': 'did:web:labels.example',
  'x-atproto-topics': 'mangroves',
  'x-other': 'thing',
  cookie: 'a=b',
}
const asked = (s, params, who = s.alice) =>
  s.query('com.example.look', params, who, { 'atproto-proxy': s.service, ...FROM_AN_APP })
const told = (s, body, headers) => s.call('com.example.put', body, s.alice, { 'atproto-proxy': s.service, ...headers })
const refused = (params) => ({ headers: ['retry-after', 'set-cookie'], ask: (s) => asked(s, params) })

const proxied = (header) => (s) => s.query('com.example.nothing', {}, s.alice, { 'atproto-proxy': header(s) })

export const proxying = {
  'to no DID': proxied(() => 'nothing'),
  'to a DID without a service': proxied((s) => s.bob.did),
  'to a DID that has no such service': proxied((s) => `${s.bob.did}#nothing`),
  'to a DID that is nowhere': proxied(() => 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa#service'),
  'by nobody': (s) => s.query('com.example.nothing', {}, undefined, { 'atproto-proxy': `${s.bob.did}#atproto_pds` }),
  'with an app password, of what is not for it': (s) =>
    s.query('chat.bsky.convo.listConvos', {}, s.app, { 'atproto-proxy': `${s.bob.did}#atproto_pds` }),
  'to a service': { headers: ANSWERED, ask: (s) => asked(s, { tag: ['a b', 'c'] }) },
  'to a service, by an app password': (s) => asked(s, {}, s.app),
  'to a service, of what this server does itself': (s) =>
    s.query('server.getSession', {}, s.alice, { 'atproto-proxy': s.service }),
  'to a service, of what belongs to the account alone': (s) =>
    s.query('admin.sendEmail', {}, s.alice, { 'atproto-proxy': s.service }),
  'to a service, a procedure': (s) => told(s, { text: 'A note.' }),
  'to a service, a procedure without a body': (s) => told(s),
  'to a service, a file': (s) => told(s, PHOTO, { 'content-type': 'image/png' }),
  'to a service, with PUT': (s) => s.fetch('/xrpc/com.example.look', { method: 'PUT', who: s.alice, headers: { 'atproto-proxy': s.service } }),
  ...Object.fromEntries(
    [400, 401, 403, 404, 409, 413, 429, 500, 501, 502, 503, 504].flatMap((status) => [
      [`to a service that answers ${status}`, refused({ status, error: 'ItIsSo' })],
      [`to a service that answers ${status} without a name`, refused({ status })],
      [`to a service that answers ${status} with a page`, refused({ status, page: true })],
    ]),
  ),
  'to a service that redirects': refused({ status: 302 }),
  'to a service that is gone': (s) => s.query('com.example.look', {}, s.alice, { 'atproto-proxy': s.gone }),
}
