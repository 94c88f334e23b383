// What is there before the first case is played: records of a type nobody knows, records of types both servers know,
// and files.

/** A type that neither server knows. */
export const NOTE = 'com.example.note'
/** Types that both know; ours from a folder of lexicons. */
export const FOLLOW = 'app.bsky.graph.follow'
export const PROFILE = 'app.bsky.actor.profile'
export const KNOWN_HERE = [FOLLOW, PROFILE, 'com.atproto.label.defs']

/** The smallest picture there is, one transparent pixel. */
export const PHOTO = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)
export const LETTER = Buffer.from('Dear reader, nothing follows.\n')

/** CIDs and DIDs that stand for nothing here. */
export const NO_SUCH_CID = 'bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a'
export const NO_SUCH_BLOB = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
export const NO_SUCH_DID = 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa'

export const CREATED = '2026-05-01T12:00:00.000Z'

export const note = (more = {}) => ({ $type: NOTE, text: 'A note.', ...more })
export const follow = (subject, more = {}) => ({ $type: FOLLOW, subject, createdAt: CREATED, ...more })

/** Seven notes, and one of them with a picture. */
export async function seed(s) {
  s.photo = (await s.upload()).blob
  s.letter = (await s.upload(LETTER, 'text/plain')).blob
  const put = (rkey, record) =>
    s.tell('repo.putRecord', { repo: s.alice.did, collection: NOTE, rkey, record }, s.alice)
  s.earlier = (await put('one', note({ text: 'one' }))).commit.rev
  for (const rkey of ['two', 'three', 'four', 'five', 'six']) await put(rkey, note({ text: rkey }))
  s.pictured = await put('seven', note({ picture: s.photo }))
}
