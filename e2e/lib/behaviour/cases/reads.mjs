// getRecord, listRecords, describeRepo, and what `com.atproto.sync` tells of repositories.
import { NO_SUCH_CID, NO_SUCH_DID, NOTE } from '../stage.mjs'

const get = (s, more) => s.query('repo.getRecord', { repo: s.alice.did, collection: NOTE, rkey: 'one', ...more })
const list = (s, more) => s.query('repo.listRecords', { repo: s.alice.did, collection: NOTE, ...more })
const describe = (s, repo) => s.query('repo.describeRepo', { repo })

export const getRecord = {
  'by DID': (s) => get(s),
  'by handle': (s) => get(s, { repo: 'alice.test' }),
  'with a picture': (s) => get(s, { rkey: 'seven' }),
  'that is not there': (s) => get(s, { rkey: 'nothing' }),
  'in the version asked for': async (s) => get(s, { rkey: 'seven', cid: s.pictured.cid }),
  'in another version': (s) => get(s, { cid: NO_SUCH_CID }),
  'in a version that is no CID': (s) => get(s, { cid: 'nothing' }),
  'in a collection that is not there': (s) => get(s, { collection: 'com.example.nothing' }),
  'in a collection that is none': (s) => get(s, { collection: 'notes' }),
  'under a bad key': (s) => get(s, { rkey: 'a/b' }),
  'under no key': (s) => get(s, { rkey: undefined }),
  'in no repository': (s) => get(s, { repo: undefined }),
  'in no collection': (s) => get(s, { collection: undefined }),
  'of an account that is not here': (s) => get(s, { repo: NO_SUCH_DID }),
  'of a handle that is not here': (s) => get(s, { repo: 'nobody.test' }),
  'of what is no name': (s) => get(s, { repo: 'alice' }),
  'with a parameter that the method does not have': (s) => get(s, { colour: 'green' }),
  'with a parameter twice': (s) => get(s, { rkey: ['one', 'two'] }),
}

export const listRecords = {
  'all': (s) => list(s, { limit: 3 }),
  'by handle': (s) => list(s, { repo: 'alice.test', limit: 1 }),
  'from the other end': (s) => list(s, { reverse: true, limit: 3 }),
  'from the other end, in capitals': (s) => list(s, { reverse: 'TRUE', limit: 3 }),
  'reverse that is no boolean': (s) => list(s, { reverse: 'perhaps' }),
  'after a key': (s) => list(s, { cursor: 'six', limit: 1 }),
  'after the last': (s) => list(s, { cursor: '0' }),
  'after a cursor that is no key': (s) => list(s, { cursor: 'a/b', limit: 1 }),
  'between two keys, as it was long ago': (s) => list(s, { rkeyStart: 'one', rkeyEnd: 'six', limit: 1 }),
  'exactly as many as there are': (s) => s.query('repo.listRecords', { repo: s.bob.did, collection: NOTE, limit: 1 }),
  'none at a time': (s) => list(s, { limit: 0 }),
  'minus one at a time': (s) => list(s, { limit: -1 }),
  'a hundred at a time': (s) => list(s, { limit: 100 }),
  'a hundred and one at a time': (s) => list(s, { limit: 101 }),
  'some at a time': (s) => list(s, { limit: 'some' }),
  'one and a half at a time': (s) => list(s, { limit: '1.5' }),
  'of a collection that is not there': (s) => list(s, { collection: 'com.example.nothing' }),
  'of a collection that is none': (s) => list(s, { collection: 'notes' }),
  'of no collection': (s) => list(s, { collection: undefined }),
  'of no repository': (s) => list(s, { repo: undefined }),
  'of an account that is not here': (s) => list(s, { repo: NO_SUCH_DID }),
  'of a handle that is not here': (s) => list(s, { repo: 'nobody.test' }),
}

export const describeRepo = {
  'by DID': (s) => describe(s, s.alice.did),
  'by handle': (s) => describe(s, 'alice.test'),
  'of somebody without records': (s) => describe(s, s.bob.did),
  'of an account that is not here': (s) => describe(s, NO_SUCH_DID),
  'of a handle that is not here': (s) => describe(s, 'nobody.test'),
  'of what is no name': (s) => describe(s, 'alice'),
  'of nobody': (s) => describe(s),
}
