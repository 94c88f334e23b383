// uploadBlob, getBlob, listBlobs.
import { gzipSync } from 'node:zlib'

import { LETTER, NOTE, NO_SUCH_BLOB, NO_SUCH_DID, PHOTO, note } from '../stage.mjs'

const upload = (s, bytes, type, who = s.alice, headers = {}) =>
  s.call('repo.uploadBlob', bytes, who, { ...(type && { 'content-type': type }), ...headers })

export const uploadBlob = {
  'a picture': (s) => upload(s, PHOTO, 'image/png'),
  'a picture that is said to be text': (s) => upload(s, PHOTO, 'text/plain'),
  'a letter': (s) => upload(s, LETTER, 'text/plain'),
  'a letter that is said to be a picture': (s) => upload(s, Buffer.from('Said to be a picture.'), 'image/jpeg'),
  'a letter again, as something else': (s) => upload(s, Buffer.from('Said to be a picture.'), 'text/plain'),
  'packed': (s) => upload(s, gzipSync(LETTER), 'text/plain', s.alice, { 'content-encoding': 'gzip' }),
  'of a type with parameters': (s) => upload(s, LETTER, 'text/plain; charset=utf-8'),
  'of a type nobody knows': (s) => upload(s, Buffer.from('Unheard of.'), 'x-unheard/of'),
  'of any type': (s) => upload(s, Buffer.from('Of any type.'), '*/*'),
  'of no type': (s) => upload(s, LETTER),
  'of a type that is none': (s) => upload(s, LETTER, 'letter'),
  'of JSON': (s) => upload(s, Buffer.from('{"a":1}'), 'application/json'),
  'of nothing': (s) => upload(s, Buffer.alloc(0), 'text/plain'),
  'with an app password': (s) => upload(s, LETTER, 'text/plain', s.app),
  'without anybody': (s) => upload(s, LETTER, 'text/plain', null),
  'beyond the limit': (s) => upload(s, Buffer.alloc(s.blobLimit + 1), 'application/octet-stream'),
}

const SAFE = ['content-length', 'content-security-policy', 'x-content-type-options', 'content-disposition']

const cid = (blob) => blob.ref.$link

export const getBlob = {
  'a picture': { headers: SAFE, ask: (s) => s.query('sync.getBlob', { did: s.alice.did, cid: cid(s.photo) }) },
  'only asked about': {
    headers: SAFE,
    ask: (s) => s.fetch(`/xrpc/com.atproto.sync.getBlob?did=${s.alice.did}&cid=${cid(s.photo)}`, { method: 'HEAD' }),
  },
  'a letter that a record refers to': {
    headers: SAFE,
    ask: async (s) => {
      const { blob } = await s.upload(Buffer.from('A record refers to this.'), 'text/plain')
      await s.tell('repo.createRecord', { repo: s.alice.did, collection: NOTE, record: note({ letter: blob }) }, s.alice)
      return s.query('sync.getBlob', { did: s.alice.did, cid: cid(blob) })
    },
  },
  'that no record refers to': async (s) => {
    const { blob } = await s.upload(Buffer.from('Nobody refers to this.'), 'text/plain')
    return s.query('sync.getBlob', { did: s.alice.did, cid: cid(blob) })
  },
  "that is somebody else's": (s) => s.query('sync.getBlob', { did: s.bob.did, cid: cid(s.photo) }),
  'that is not there': (s) => s.query('sync.getBlob', { did: s.alice.did, cid: NO_SUCH_BLOB }),
  'by a CID that is none': (s) => s.query('sync.getBlob', { did: s.alice.did, cid: 'nothing' }),
  'by no CID': (s) => s.query('sync.getBlob', { did: s.alice.did }),
  'of an account that is not here': (s) => s.query('sync.getBlob', { did: NO_SUCH_DID, cid: cid(s.photo) }),
  'of a DID that is none': (s) => s.query('sync.getBlob', { did: 'alice', cid: cid(s.photo) }),
}

export const listBlobs = {
  'all': (s) => s.query('sync.listBlobs', { did: s.alice.did }),
  'one at a time': (s) => s.query('sync.listBlobs', { did: s.alice.did, limit: 1 }),
  'the next ones': async (s) => {
    const { cursor } = await s.ask('sync.listBlobs', { did: s.alice.did, limit: 1 })
    return s.query('sync.listBlobs', { did: s.alice.did, limit: 1, cursor })
  },
  'of somebody without any': (s) => s.query('sync.listBlobs', { did: s.bob.did }),
  'since the newest commit': async (s) => {
    const { rev } = await s.ask('sync.getLatestCommit', { did: s.alice.did })
    return s.query('sync.listBlobs', { did: s.alice.did, since: rev })
  },
  'since what is no revision': (s) => s.query('sync.listBlobs', { did: s.alice.did, since: 'yesterday' }),
  'none at a time': (s) => s.query('sync.listBlobs', { did: s.alice.did, limit: 0 }),
  'too many at a time': (s) => s.query('sync.listBlobs', { did: s.alice.did, limit: 1001 }),
  'of an account that is not here': (s) => s.query('sync.listBlobs', { did: NO_SUCH_DID }),
  'of nobody': (s) => s.query('sync.listBlobs'),
  'that are missing': (s) => s.query('repo.listMissingBlobs', {}, s.alice),
  'that are missing, none at a time': (s) => s.query('repo.listMissingBlobs', { limit: 0 }, s.alice),
  'that are missing, without anybody': (s) => s.query('repo.listMissingBlobs'),
}
