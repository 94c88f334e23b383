// What followers ask: whole repositories, proofs, heads, lists.
import { NO_SUCH_CID, NO_SUCH_DID, NOTE } from '../stage.mjs'

const CAR = ['content-type']

/** Methods that are asked about one account, in everything that can be wrong with it. */
const ofOneAccount = (method, more = {}) => ({
  [`${method} of nobody`]: (s) => s.query(method, more),
  [`${method} of an account that is not here`]: (s) => s.query(method, { did: NO_SUCH_DID, ...more }),
  [`${method} of a DID of another method`]: (s) => s.query(method, { did: 'did:web:example.com', ...more }),
  [`${method} of a handle`]: (s) => s.query(method, { did: 'alice.test', ...more }),
})

const head = (s) => s.ask('sync.getLatestCommit', { did: s.alice.did })

export const repositories = {
  'getRepo': { headers: CAR, ask: (s) => s.query('sync.getRepo', { did: s.alice.did }) },
  'getRepo since an earlier commit': (s) => s.query('sync.getRepo', { did: s.alice.did, since: s.earlier }),
  'getRepo since the newest commit': async (s) => s.query('sync.getRepo', { did: s.alice.did, since: (await head(s)).rev }),
  'getRepo since what is no revision': (s) => s.query('sync.getRepo', { did: s.alice.did, since: 'yesterday' }),
  ...ofOneAccount('sync.getRepo'),
  'getCheckout, as it was long ago': (s) => s.query('sync.getCheckout', { did: s.alice.did }),
}

const proof = (s, more) => s.query('sync.getRecord', { did: s.alice.did, collection: NOTE, rkey: 'one', ...more })

export const proofs = {
  'of a record': { headers: CAR, ask: (s) => proof(s) },
  'of the absence of a record': (s) => proof(s, { rkey: 'nothing' }),
  'of the absence of a collection': (s) => proof(s, { collection: 'com.example.nothing' }),
  'under a bad key': (s) => proof(s, { rkey: 'a/b' }),
  'in a collection that is none': (s) => proof(s, { collection: 'notes' }),
  'without a key': (s) => proof(s, { rkey: undefined }),
  'of a commit long ago': (s) => proof(s, { commit: NO_SUCH_CID }),
  ...ofOneAccount('sync.getRecord', { collection: NOTE, rkey: 'one' }),
}

export const blocks = {
  'the head': async (s) => s.query('sync.getBlocks', { did: s.alice.did, cids: (await head(s)).cid }),
  'a record': (s) => s.query('sync.getBlocks', { did: s.alice.did, cids: s.pictured.cid }),
  'the head and a record': async (s) =>
    s.query('sync.getBlocks', { did: s.alice.did, cids: [(await head(s)).cid, s.pictured.cid] }),
  'one that is not there': (s) => s.query('sync.getBlocks', { did: s.alice.did, cids: NO_SUCH_CID }),
  'one that is no CID': (s) => s.query('sync.getBlocks', { did: s.alice.did, cids: 'nothing' }),
  'none': (s) => s.query('sync.getBlocks', { did: s.alice.did }),
  ...ofOneAccount('sync.getBlocks', { cids: NO_SUCH_CID }),
}

export const heads = {
  'getLatestCommit': (s) => s.query('sync.getLatestCommit', { did: s.alice.did }),
  ...ofOneAccount('sync.getLatestCommit'),
  'getRepoStatus': (s) => s.query('sync.getRepoStatus', { did: s.alice.did }),
  ...ofOneAccount('sync.getRepoStatus'),
  'getHead, as it was long ago': (s) => s.query('sync.getHead', { did: s.alice.did }),
}

export const lists = {
  'listRepos': (s) => s.query('sync.listRepos'),
  'listRepos, one at a time': (s) => s.query('sync.listRepos', { limit: 1 }),
  'listRepos, the next one': async (s) => {
    const { cursor } = await s.ask('sync.listRepos', { limit: 1 })
    return s.query('sync.listRepos', { limit: 1, cursor })
  },
  'listRepos, after the last': async (s) => {
    const { cursor } = await s.ask('sync.listRepos', { limit: 2 })
    return s.query('sync.listRepos', { cursor })
  },
  'listRepos, none at a time': (s) => s.query('sync.listRepos', { limit: 0 }),
  'listRepos, too many at a time': (s) => s.query('sync.listRepos', { limit: 1001 }),
  'listRepos, with a cursor that is none': (s) => s.query('sync.listRepos', { cursor: 'nothing' }),
  'listReposByCollection': (s) => s.query('sync.listReposByCollection', { collection: NOTE }),
  'listHosts': (s) => s.query('sync.listHosts'),
  'getHostStatus': (s) => s.query('sync.getHostStatus', { hostname: 'example.com' }),
  'requestCrawl': (s) => s.call('sync.requestCrawl', { hostname: 'example.com' }),
  'notifyOfUpdate': (s) => s.call('sync.notifyOfUpdate', { hostname: 'example.com' }),
  'subscribeRepos without an upgrade': (s) => s.query('sync.subscribeRepos'),
}
