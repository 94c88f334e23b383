// What followers are told, event by event.
import { NOTE, note } from '../stage.mjs'
import { framesOf } from '../stream.mjs'

/** The events about an account that an action makes, in order. */
const told = (s, did, action) => framesOf(s, did, action)

const write = (s, rkey, record) => s.tell('repo.putRecord', { repo: s.bob.did, collection: NOTE, rkey, record }, s.bob)
const apply = (s, writes) => s.tell('repo.applyWrites', { repo: s.bob.did, writes }, s.bob)
const op = (kind, rkey, value) => ({ $type: `com.atproto.repo.applyWrites#${kind}`, collection: NOTE, rkey, value })

export const events = {
  'of a new account': async (s) => {
    let did
    return framesOf(s, () => did, async () => ({ did } = await s.signUp('judith')))
  },
  'of a new record': (s) => told(s, s.bob.did, () => write(s, 'told', note())),
  'of an update': (s) => told(s, s.bob.did, () => write(s, 'told', note({ text: '2' }))),
  'of an update to the same content': (s) => told(s, s.bob.did, () => write(s, 'told', note({ text: '2' }))),
  'of a deletion': (s) =>
    told(s, s.bob.did, () => s.tell('repo.deleteRecord', { repo: s.bob.did, collection: NOTE, rkey: 'told' }, s.bob)),
  'of a deletion of nothing': (s) =>
    told(s, s.bob.did, () => s.tell('repo.deleteRecord', { repo: s.bob.did, collection: NOTE, rkey: 'told' }, s.bob)),
  'of a batch': (s) =>
    told(s, s.bob.did, () => apply(s, [op('create', 'a', note()), op('create', 'b', note()), op('create', 'c', note())])),
  'of a mixed batch': (s) =>
    told(s, s.bob.did, () => apply(s, [op('update', 'a', note({ text: '2' })), op('delete', 'b'), op('create', 'd', note())])),
  'of a new handle': (s) =>
    told(s, s.judy.did, () => s.tell('identity.updateHandle', { handle: 'judyth.test' }, s.judy)),
  'of a deactivation': (s) => told(s, s.judy.did, () => s.tell('server.deactivateAccount', {}, s.judy)),
  'of an activation': (s) => told(s, s.judy.did, () => s.tell('server.activateAccount', undefined, s.judy)),
  'of a deletion of an account': (s) =>
    told(s, s.judy.did, async () => {
      const token = await s.mailedCode(s.judy, 'server.requestAccountDelete')
      await s.tell('server.deleteAccount', { did: s.judy.did, password: s.judy.password, token })
    }),
}

export const cursors = {
  'beyond the head': (s) => framesOf(s, undefined, undefined, { cursor: 1_000_000 }),
  'that are none': (s) => framesOf(s, undefined, undefined, { cursor: 'yesterday' }),
}
