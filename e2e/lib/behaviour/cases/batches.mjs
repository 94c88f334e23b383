// applyWrites and importRepo.
import { FOLLOW, NOTE, NO_SUCH_BLOB, NO_SUCH_CID, follow, note } from '../stage.mjs'

const apply = (s, writes, more) => s.call('repo.applyWrites', { repo: s.alice.did, writes, ...more }, s.alice)

const op = (kind) => (rkey, value, more) => ({
  $type: `com.atproto.repo.applyWrites#${kind}`,
  collection: NOTE,
  rkey,
  value,
  ...more,
})
const create = op('create')
const update = op('update')
const remove = op('delete')

const many = (count, prefix) => Array.from({ length: count }, (_, n) => create(`${prefix}-${n}`, note()))

export const applyWrites = {
  'creates': (s) => apply(s, [create('w-1', note()), create('w-2', note()), create(undefined, note())]),
  'one of each': (s) => apply(s, [create('w-3', note()), update('w-1', note({ text: '2' })), remove('w-2')]),
  'of known and unknown types': (s) =>
    apply(s, [create('w-4', note()), create(undefined, follow(s.bob.did), { collection: FOLLOW })]),
  'validate true, of an unknown type': (s) => apply(s, [create('w-5', note())], { validate: true }),
  'validate false': (s) => apply(s, [create('w-6', note()), update('w-6x', note())].slice(0, 1), { validate: false }),
  'nothing': (s) => apply(s, []),
  'no list': (s) => apply(s, {}),
  'without the list': (s) => apply(s, undefined),
  '200 of them': (s) => apply(s, many(200, 'hundreds')),
  '201 of them': (s) => apply(s, many(201, 'more')),
  'over a record': (s) => apply(s, [create('w-1', note())]),
  'an update to the same content': (s) => apply(s, [update('w-1', note({ text: '2' }))]),
  'an update of what is not there': (s) => apply(s, [update('nowhere', note())]),
  'a deletion of what is not there': (s) => apply(s, [remove('nowhere')]),
  'good and bad together': (s) => apply(s, [create('w-7', note()), remove('nowhere')]),
  'nothing of what was good in it': (s) => s.query('repo.getRecord', { repo: s.alice.did, collection: NOTE, rkey: 'w-7' }),
  'two creates of one path': (s) => apply(s, [create('w-8', note()), create('w-8', note({ text: '2' }))]),
  'create and update of one path': (s) => apply(s, [create('w-9', note()), update('w-9', note({ text: '2' }))]),
  'create and delete of one path': (s) => apply(s, [create('w-10', note()), remove('w-10')]),
  'two updates of one path': (s) => apply(s, [update('w-1', note({ text: '3' })), update('w-1', note({ text: '4' }))]),
  'delete and create of one path': (s) => apply(s, [remove('w-3'), create('w-3', note({ text: '2' }))]),
  'an operation of no kind': (s) => apply(s, [{ collection: NOTE, rkey: 'x', value: note() }]),
  'an operation of an unknown kind': (s) => apply(s, [{ ...remove('w-1'), $type: 'com.atproto.repo.applyWrites#move' }]),
  'a create without a value': (s) => apply(s, [create('w-11')]),
  'an update without a key': (s) => apply(s, [update(undefined, note())]),
  'a value of another type': (s) => apply(s, [create('w-12', note({ $type: 'com.example.other' }))]),
  'a value without a $type': (s) => apply(s, [create('w-13', { text: 'x' })]),
  'a value that does not fit its type': (s) => apply(s, [create(undefined, follow('nobody'), { collection: FOLLOW })]),
  'a bad key': (s) => apply(s, [create('a/b', note())]),
  'a bad collection': (s) => apply(s, [create('w-14', { text: 'x' }, { collection: 'notes' })]),
  'the right swapCommit': async (s) => {
    const { cid } = await s.ask('sync.getLatestCommit', { did: s.alice.did })
    return apply(s, [create('w-15', note())], { swapCommit: cid })
  },
  'a wrong swapCommit': (s) => apply(s, [create('w-16', note())], { swapCommit: NO_SUCH_CID }),
  "somebody else's repository": (s) => apply(s, [create('w-17', note())], { repo: s.bob.did }),
  'a missing blob': (s) => apply(s, [create('w-18', note({ picture: { ...s.photo, ref: { $link: NO_SUCH_BLOB } } }))]),
  'with an app password': (s) => s.call('repo.applyWrites', { repo: s.alice.did, writes: [create('w-19', note())] }, s.app),
  'without anybody': (s) => s.call('repo.applyWrites', { repo: s.alice.did, writes: [create('w-20', note())] }),
}

const CAR = { 'content-type': 'application/vnd.ipld.car' }

const repository = async (s, account) =>
  new Uint8Array(await (await s.query('sync.getRepo', { did: account.did })).arrayBuffer())

const bring = (s, body, who = s.gina) => s.call('repo.importRepo', body, who, CAR)

export const importRepo = {
  'without anybody': async (s) => bring(s, await repository(s, s.gina), null),
  'with an app password': async (s) => bring(s, await repository(s, s.alice), s.app),
  'of no CAR': (s) => bring(s, Buffer.from('Not a CAR at all.')),
  'of nothing': (s) => bring(s, Buffer.alloc(0)),
  'of a CAR that breaks off': async (s) => bring(s, (await repository(s, s.alice)).subarray(0, 1000)),
  'of JSON': (s) => s.call('repo.importRepo', { repo: s.gina.did }, s.gina),
  'of what is there already': async (s) => bring(s, await repository(s, s.gina)),
  'and no file is missing then': (s) => s.query('repo.listMissingBlobs', {}, s.gina),
  "of somebody else's repository": async (s) => bring(s, await repository(s, s.alice)),
}
