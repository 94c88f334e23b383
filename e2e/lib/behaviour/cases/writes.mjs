// createRecord, putRecord, deleteRecord.
import { FOLLOW, NOTE, NO_SUCH_BLOB, NO_SUCH_CID, NO_SUCH_DID, PROFILE, follow, note } from '../stage.mjs'

const create = (s, more, record = note()) =>
  s.call('repo.createRecord', { repo: s.alice.did, collection: NOTE, record, ...more }, s.alice)
const put = (s, rkey, more, record = note()) =>
  s.call('repo.putRecord', { repo: s.alice.did, collection: NOTE, rkey, record, ...more }, s.alice)
const remove = (s, rkey, more) =>
  s.call('repo.deleteRecord', { repo: s.alice.did, collection: NOTE, rkey, ...more }, s.alice)

const followed = (s, more, record) => create(s, { collection: FOLLOW, ...more }, follow(s.bob.did, record))
const profile = (s, more, record) => put(s, 'self', { collection: PROFILE, ...more }, { $type: PROFILE, ...record })

const head = (s) => s.ask('sync.getLatestCommit', { did: s.alice.did })
const cidOf = async (s, rkey) => (await s.ask('repo.getRecord', { repo: s.alice.did, collection: NOTE, rkey })).cid

const JSON_BODY = { 'content-type': 'application/json' }
/** A record as text, for what JavaScript would not write. */
const createText = (s, record) =>
  s.call('repo.createRecord', `{"repo":"${s.alice.did}","collection":"${NOTE}","record":${record}}`, s.alice, JSON_BODY)

export const createRecord = {
  'of an unknown type': (s) => create(s),
  'with a key of its own': (s) => create(s, { rkey: 'my-own.key:~_1' }),
  'over a record': (s) => create(s, { rkey: 'one' }),
  'by handle': (s) => create(s, { repo: s.alice.handle }),
  'by a handle in capitals': (s) => create(s, { repo: 'ALICE.test' }),
  'with a member that the method does not have': (s) => create(s, { colour: 'green' }),

  'without a $type': (s) => create(s, {}, { text: 'A note.' }),
  'with the $type of something else': (s) => create(s, {}, note({ $type: 'com.example.other' })),
  'with an empty $type': (s) => create(s, {}, note({ $type: '' })),
  'with a number for a $type': (s) => create(s, {}, note({ $type: 7 })),
  'with an empty $type inside': (s) => create(s, {}, note({ inner: { $type: '' } })),
  'with a number for a $type inside': (s) => create(s, {}, note({ inner: { $type: 7 } })),

  'of a list': (s) => create(s, {}, [note()]),
  'of a text': (s) => create(s, {}, 'A note.'),
  'of null': (s) => create(s, {}, null),
  'of nothing': (s) => s.call('repo.createRecord', { repo: s.alice.did, collection: NOTE }, s.alice),
  'with fields that are null, empty or nested': (s) => create(s, {}, note({ a: null, b: {}, c: [], d: [{ e: [null] }] })),
  'with other scripts': (s) => create(s, {}, note({ text: 'नमस्ते 👨‍👩‍👧‍👧 ﷽' })),
  'with half a character': (s) => createText(s, `{"text":"\\ud800"}`),
  'with a field named twice': (s) => createText(s, `{"a":1,"a":2}`),

  "in somebody else's repository": (s) => create(s, { repo: s.bob.did }),
  'in a repository that is not here': (s) => create(s, { repo: NO_SUCH_DID }),
  'in a repository without a name': (s) => create(s, { repo: '' }),
  'in a repository with no good name': (s) => create(s, { repo: 'alice' }),
  'in no repository': (s) => create(s, { repo: undefined }),
  'in no collection': (s) => create(s, { collection: undefined }),
  'in a collection of one segment': (s) => create(s, { collection: 'notes' }, { text: 'x' }),
  'in a collection with a hyphen in its name': (s) => create(s, { collection: 'com.example.a-note' }, { text: 'x' }),
  'in a collection with a space': (s) => create(s, { collection: 'com.example. note' }, { text: 'x' }),
  'in a collection with a fragment': (s) => create(s, { collection: `${NOTE}#main` }, { text: 'x' }),

  'under an empty key': (s) => create(s, { rkey: '' }),
  'under the key .': (s) => create(s, { rkey: '.' }),
  'under the key ..': (s) => create(s, { rkey: '..' }),
  'under a key with a slash': (s) => create(s, { rkey: 'a/b' }),
  'under a key with a space': (s) => create(s, { rkey: 'a b' }),
  'under a key of other letters': (s) => create(s, { rkey: 'schlüssel' }),
  'under a key of 512 characters': (s) => create(s, { rkey: 'k'.repeat(512) }),
  'under a key of 513 characters': (s) => create(s, { rkey: 'k'.repeat(513) }),
  'under a number': (s) => create(s, { rkey: 7 }),
  'under null': (s) => create(s, { rkey: null }),
  'with the right swapCommit': async (s) => create(s, { swapCommit: (await head(s)).cid }),
  'with a wrong swapCommit': (s) => create(s, { swapCommit: NO_SUCH_CID }),
  'with a swapCommit that is no CID': (s) => create(s, { swapCommit: 'nothing' }),
}

export const validation = {
  'unknown type, validate true': (s) => create(s, { validate: true }),
  'unknown type, validate false': (s) => create(s, { validate: false }),
  'validate that is no boolean': (s) => create(s, { validate: 'yes' }),
  'known and valid': (s) => followed(s),
  'known and valid, validate true': (s) => followed(s, { validate: true }),
  'known and valid, validate false': (s) => followed(s, { validate: false }),
  'validate null': (s) => create(s, { validate: null }),
  'known and invalid': (s) => followed(s, {}, { subject: 'nobody' }),
  'known and invalid, validate true': (s) => followed(s, { validate: true }, { subject: 'nobody' }),
  'known and invalid, validate false': (s) => followed(s, { validate: false }, { subject: 'nobody' }),
  'known, and a field is missing': (s) => followed(s, {}, { createdAt: undefined }),
  'known, and a time without its zone': (s) => followed(s, {}, { createdAt: '2026-05-01T12:00:00' }),
  'known, and more fields than the type has': (s) => followed(s, {}, { mood: 'glad' }),
  'known, under a key of another kind': (s) => followed(s, { rkey: 'no-tid' }),
  'known, under a key of another kind, validate false': (s) => followed(s, { rkey: 'no-tid-2', validate: false }),
  'a profile under its key': (s) => profile(s, {}, { displayName: 'Alice' }),
  'a profile under another key': (s) =>
    create(s, { collection: PROFILE, rkey: 'another' }, { $type: PROFILE, displayName: 'Alice' }),
  'a text that is too long': (s) => profile(s, {}, { displayName: 'A'.repeat(641) }),
}

export const dataModel = {
  'a fraction': (s) => create(s, {}, note({ n: 1.5 })),
  'a fraction inside': (s) => create(s, {}, note({ list: [{ n: -0.1 }] })),
  'a whole number written with a point': (s) => createText(s, `{"n":123.0}`),
  'the largest whole number': (s) => create(s, {}, note({ n: Number.MAX_SAFE_INTEGER })),
  'a larger whole number': (s) => create(s, {}, note({ n: 2 ** 60 })),
  'a number beyond 64 bits': (s) => create(s, {}, note({ n: 1e30 })),
  'twenty levels': (s) => create(s, {}, note({ deep: nest(20) })),
  'a hundred levels': (s) => create(s, {}, note({ deep: nest(100) })),
  'ten thousand levels': (s) => createText(s, `{"deep":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  'a link': (s) => create(s, {}, note({ link: { $link: NO_SUCH_CID } })),
  'a link that is no CID': (s) => create(s, {}, note({ link: { $link: 'nowhere' } })),
  'a link that has company': (s) => create(s, {}, note({ link: { $link: NO_SUCH_CID, more: 1 } })),
  'bytes': (s) => create(s, {}, note({ bytes: { $bytes: 'aGVsbG8' } })),
  'bytes with padding': (s) => create(s, {}, note({ bytes: { $bytes: 'aGVsbG8=' } })),
  'bytes that are no base 64': (s) => create(s, {}, note({ bytes: { $bytes: 'a*b' } })),
  'bytes that have company': (s) => create(s, {}, note({ bytes: { $bytes: 'aGVsbG8', more: 1 } })),
  'a record of 900 kB': (s) => create(s, {}, note({ text: 'x'.repeat(900_000) })),
  'a body of 1.1 MB': (s) => create(s, {}, note({ text: 'x'.repeat(1_100_000) })),
  'a body of 3 MB': (s) => create(s, {}, note({ text: 'x'.repeat(3_000_000) })),
  'a deletion of 200 kB': (s) => remove(s, 'one', { padding: 'x'.repeat(200_000) }),
}

const nest = (levels) => JSON.parse('['.repeat(levels) + ']'.repeat(levels))

export const blobsInRecords = {
  'a blob that was uploaded': (s) => create(s, {}, note({ picture: s.photo })),
  'a blob that was not': (s) => create(s, {}, note({ picture: { ...s.photo, ref: { $link: NO_SUCH_BLOB } } })),
  'a blob of another type than was uploaded': (s) => create(s, {}, note({ picture: { ...s.photo, mimeType: 'image/jpeg' } })),
  'a blob of another size than was uploaded': (s) => create(s, {}, note({ picture: { ...s.photo, size: 1 } })),
  'a blob with more fields': (s) => create(s, {}, note({ picture: { ...s.photo, alt: 'A pixel.' } })),
  'a blob without its size': (s) => create(s, {}, note({ picture: { ...s.photo, size: undefined } })),
  'a blob whose ref is a text': (s) => create(s, {}, note({ picture: { ...s.photo, ref: s.photo.ref.$link } })),
  'a blob in its old form': (s) => create(s, {}, note({ picture: { cid: s.photo.ref.$link, mimeType: 'image/png' } })),
  'a picture where the type allows one': (s) => profile(s, {}, { avatar: s.photo }),
  'a letter where the type wants a picture': (s) => profile(s, {}, { avatar: s.letter }),
  'a letter where the type wants a picture, validate false': (s) => profile(s, { validate: false }, { avatar: s.letter }),
  "somebody else's blob": (s) =>
    s.call('repo.createRecord', { repo: s.bob.did, collection: NOTE, record: note({ picture: s.photo }) }, s.bob),
}

export const putRecord = {
  'of a new record': (s) => put(s, 'put-1'),
  'over a record': (s) => put(s, 'put-1', {}, note({ text: 'Another.' })),
  'of the same content': (s) => put(s, 'put-1', {}, note({ text: 'Another.' })),
  'without a key': (s) => put(s, undefined),
  'under a bad key': (s) => put(s, 'a/b'),
  'with the $type of something else': (s) => put(s, 'put-1', {}, note({ $type: 'com.example.other' })),
  "in somebody else's repository": (s) => put(s, 'put-1', { repo: s.bob.did }),
  'with the right swapRecord': async (s) => put(s, 'put-1', { swapRecord: await cidOf(s, 'put-1') }, note({ text: '3' })),
  'with a wrong swapRecord': (s) => put(s, 'put-1', { swapRecord: NO_SUCH_CID }),
  'with swapRecord null, where nothing is': (s) => put(s, 'put-2', { swapRecord: null }),
  'with swapRecord null, where something is': (s) => put(s, 'put-2', { swapRecord: null }, note({ text: '2' })),
  'with a swapRecord, where nothing is': (s) => put(s, 'put-3', { swapRecord: NO_SUCH_CID }),
  'with a swapRecord that is no CID': (s) => put(s, 'put-2', { swapRecord: 'nothing' }),
  'with the right swapCommit': async (s) => put(s, 'put-4', { swapCommit: (await head(s)).cid }),
  'with a wrong swapCommit': (s) => put(s, 'put-4', { swapCommit: NO_SUCH_CID }, note({ text: '2' })),
  'with swapCommit null': (s) => put(s, 'put-4', { swapCommit: null }, note({ text: '3' })),
  'of the same content with a wrong swapRecord': (s) => put(s, 'put-4', { swapRecord: NO_SUCH_CID }, note({ text: '3' })),
}

/** A record that was just put there; the answer is its CID. */
const placed = async (s, rkey) => {
  const place = { repo: s.alice.did, collection: NOTE, rkey }
  return (await s.tell('repo.putRecord', { ...place, record: note({ text: rkey }) }, s.alice)).cid
}

export const deleteRecord = {
  'of a record': async (s) => {
    await placed(s, 'del-1')
    return remove(s, 'del-1')
  },
  'of what is not there': (s) => remove(s, 'del-1'),
  'of what is not there, with a swapRecord': (s) => remove(s, 'del-1', { swapRecord: NO_SUCH_CID }),
  'of what is not there, with a wrong swapCommit': (s) => remove(s, 'del-1', { swapCommit: NO_SUCH_CID }),
  'in a collection that is not there': (s) => remove(s, 'one', { collection: 'com.example.nothing' }),
  'with a wrong swapRecord': async (s) => {
    await placed(s, 'del-2')
    return remove(s, 'del-2', { swapRecord: NO_SUCH_CID })
  },
  'with the right swapRecord': async (s) => remove(s, 'del-2', { swapRecord: await placed(s, 'del-2') }),
  'with a wrong swapCommit': async (s) => {
    await placed(s, 'del-3')
    return remove(s, 'del-3', { swapCommit: NO_SUCH_CID })
  },
  'with the right swapCommit': async (s) => remove(s, 'del-3', { swapCommit: (await head(s)).cid }),
  'with swapRecord null': async (s) => {
    await placed(s, 'del-4')
    return remove(s, 'del-4', { swapRecord: null })
  },
  'with a swapCommit that is no CID': (s) => remove(s, 'one', { swapCommit: 'nothing' }),
  'without a key': (s) => remove(s, undefined),
  'under a bad key': (s) => remove(s, 'a/b'),
  "in somebody else's repository": (s) => remove(s, 'one', { repo: s.bob.did }),
  'without anybody': (s) => s.call('repo.deleteRecord', { repo: s.alice.did, collection: NOTE, rkey: 'one' }),
}
