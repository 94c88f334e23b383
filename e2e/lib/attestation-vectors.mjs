// Writes fixtures/attestations: `node lib/attestation-vectors.mjs`. The same bytes every time, for both libraries
// choose their nonces by RFC 6979.
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as dagCbor from '@ipld/dag-cbor'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import {
  INLINE, PROOF, contentCid, didKeyId, evmLink, inlineEntry, keypair, recordCid, strongRef, toBytes, wallet,
} from './attestations.mjs'

const folder = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'fixtures', 'attestations')
const ORDER = {
  'K-256': 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n,
  'P-256': 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
}
const holder = 'did:plc:ragtjsm2j2vknwkz3zp4oxrd'
const other = 'did:plc:44ybard66vv44zksje25o7dz'
const auditor = 'did:web:auditor.example'
const k256 = await keypair('K-256', '11'.repeat(32))
const p256 = await keypair('P-256', '22'.repeat(32))
const stranger = await keypair('K-256', '33'.repeat(32))
const keys = { [`${auditor}#attestation`]: p256.did(), [`${holder}#atproto`]: k256.did() }

const claim = {
  $type: 'org.hypercerts.claim.activity',
  title: 'Solar roof of the village hall',
  shortDescription: 'Forty kilowatts, owned by those who live below it. ☀️',
  createdAt: '2026-07-02T09:15:00.000Z',
}
/** Everything that encoders get wrong: a blob, links, bytes, integers, texts in several scripts, keys of many lengths. */
const rich = {
  ...claim,
  image: {
    $type: 'org.hypercerts.defs#smallImage',
    image: {
      $type: 'blob',
      ref: { $link: 'bafkreiggm2cyd3eewquqxgaamudi3iiubrojgxeyzqtoi5w6zrmtdlf5oy' },
      mimeType: 'image/png',
      size: 48213,
    },
  },
  rights: { uri: `at://${holder}/org.hypercerts.claim.rights/3lxd7ka2mvs2e`, cid: (await recordCid(claim)).toString() },
  frozen: { $link: (await recordCid(claim)).toString() },
  digest: toBytes(new Uint8Array([0, 1, 2, 253, 254, 255])),
  aa: [null, true, false, 0, -1, 23, 24, 255, 256, 65536, 9007199254740991, -9007199254740991],
  b: { '': 'an empty name', ü: 'two bytes', zz: 'two letters', a: 'one' },
  日本: '森林',
}

const flip = (signature, change) => ({ ...signature, signature: toBytes(change(Buffer.from(signature.signature.$bytes, 'base64'))) })
const highS = (curve) => (bytes) => {
  const s = ORDER[curve] - BigInt(`0x${bytes.subarray(32).toString('hex')}`)
  return Buffer.concat([bytes.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')])
}
const der = (bytes) => {
  const integer = (part) => {
    const trimmed = part.subarray(part.findIndex((byte) => byte !== 0))
    const body = trimmed[0] & 0x80 ? Buffer.concat([Buffer.from([0]), trimmed]) : trimmed
    return Buffer.concat([Buffer.from([2, body.length]), body])
  }
  const body = Buffer.concat([integer(bytes.subarray(0, 32)), integer(bytes.subarray(32))])
  return Buffer.concat([Buffer.from([0x30, body.length]), body])
}

const holds = (recipe = 'lexicon') => ({ outcome: 'holds', recipe })
const fails = (why) => ({ outcome: 'fails', why })
const open = (why) => ({ outcome: 'notChecked', why })
const signed = (record, ...signatures) => ({ ...record, signatures })
const inline = (record, pair, ...rest) => inlineEntry(record, holder, pair, ...rest)
const byK256 = await inline(claim, k256)
const byAuditor = await inline(claim, p256, `${auditor}#attestation`)

/** The mistake of encoding JSON as it stands, where links and bytes are objects. */
const naive = await (async () => {
  const value = { ...rich, $sig: { $type: INLINE, repository: holder } }
  const cid = CID.createV1(dagCbor.code, await sha256.digest(dagCbor.encode(value)))
  return { $type: INLINE, signature: toBytes(await k256.sign(cid.bytes)), key: didKeyId(k256) }
})()

const proofAt = (name, by = auditor) => `at://${by}/${PROOF}/${name}`
const proofs = {}
async function proof(name, record, sig, fields = {}, refer = (value) => recordCid(value)) {
  const details = { $type: PROOF, ...fields }
  const cid = await contentCid(record, holder, sig ?? { $type: INLINE })
  const value = { ...details, cid: cid.toString() }
  proofs[proofAt(name)] = value
  return strongRef(proofAt(name), await refer(value))
}
const noted = { note: 'Reviewed on site on 10 September.', createdAt: '2026-09-15T13:40:00.000Z' }
const edited = await proof('3lxd7ka2mvedt', claim, null, noted, (value) => recordCid({ ...value, note: 'Looks fine.' }))
const plainCid = await recordCid(claim)
const otherKind = {
  uri: `at://${auditor}/org.hypercerts.context.evaluation/3lxd7ka2mvevl`,
  value: { $type: 'org.hypercerts.context.evaluation', cid: (await contentCid(claim, holder)).toString() },
}
proofs[otherKind.uri] = otherKind.value
const masked = { ...otherKind, uri: proofAt('3lxd7ka2mvmsk') }
proofs[masked.uri] = masked.value

const cases = [
  ['a did:key of K-256', signed(claim, byK256), holds()],
  ['a key of P-256 from a DID document', signed(claim, byAuditor), holds()],
  ['a record with a blob, links, bytes and texts of many kinds', signed(rich, await inline(rich, k256)), holds()],
  ['the same with P-256', signed(rich, await inline(rich, p256)), holds()],
  ['the account’s own key', signed(claim, await inline(claim, k256, `${holder}#atproto`)), holds()],
  ['a did:key without its fragment', signed(claim, { ...byK256, key: k256.did() }), holds()],
  ['the key’s name signed too, as the specification has it',
    signed(claim, await inline(claim, k256, undefined, { specification: true })), holds('specification')],
  ['two entries, made one after the other', signed(claim, byAuditor, await inline(signed(claim, byAuditor), k256)), holds(), holds()],
  ['s in the upper half, K-256', signed(claim, flip(byK256, highS('K-256'))), fails('signature-form')],
  ['s in the upper half, P-256', signed(claim, flip(byAuditor, highS('P-256'))), fails('signature-form')],
  ['a DER signature', signed(claim, flip(byK256, der)), fails('signature-form')],
  ['a byte too few', signed(claim, flip(byK256, (bytes) => bytes.subarray(1))), fails('signature-form')],
  ['copied from another repository', signed(claim, await inlineEntry(claim, other, k256)), fails('not-signed')],
  ['a field changed since', signed({ ...claim, title: 'Solar roof of two village halls' }, byK256), fails('not-signed')],
  ['a field added since', signed({ ...claim, endDate: '2026-08-01T00:00:00.000Z' }, byK256), fails('not-signed')],
  ['another key than the one that is named', signed(claim, { ...byK256, key: didKeyId(stranger) }), fails('not-signed')],
  ['links and bytes hashed as if they were objects', signed(rich, naive), fails('not-signed')],
  ['the plain CID of the record signed',
    signed(claim, { ...byK256, signature: toBytes(await k256.sign(plainCid.bytes)) }), fails('not-signed')],
  ['the hash signed instead of the CID’s bytes',
    signed(claim, { ...byK256, signature: toBytes(await k256.sign((await contentCid(claim, holder)).multihash.digest)) }), fails('not-signed')],
  ['a key that its document does not have', signed(claim, { ...byAuditor, key: `${auditor}#older` }), fails('key-absent')],
  ['a DID without a fragment', signed(claim, { ...byAuditor, key: auditor }), fails('key-name')],
  ['a did:key with another one as its fragment',
    signed(claim, { ...byK256, key: `${k256.did()}#${stranger.did().slice('did:key:'.length)}` }), fails('key-name')],
  ['a did:key that is none', signed(claim, { ...byK256, key: 'did:key:z6MkNothing#z6MkNothing' }), fails('no-key')],
  ['a record that keeps $sig', { ...signed(claim, byK256), $sig: { $type: INLINE, repository: holder } }, fails('unsignable')],
  ['a signature that is text', signed(claim, { ...byK256, signature: 'abc' }), fails('unreadable')],
  ['an entry of another kind', signed(claim, { $type: 'com.example.seal', seal: 'wax' }), open('unknown-kind')],
  ['an entry without a type', signed(claim, { key: k256.did() }), fails('unreadable')],
  ['a proof', signed(claim, await proof('3lxd7ka2mvlex', claim)), holds()],
  ['a proof with a note, of a record with a blob and links', signed(rich, await proof('3lxd7ka2mvrch', rich, null, noted)), holds()],
  ['a proof whose $sig names the proof’s type', signed(claim, await proof('3lxd7ka2mvtyp', claim, { $type: PROOF }, noted)), holds()],
  ['a proof whose $sig holds all its fields, as the specification has it',
    signed(claim, await proof('3lxd7ka2mvspc', claim, { $type: PROOF, ...noted }, noted)), holds('specification')],
  ['a proof edited since', signed(claim, edited), fails('proof-changed')],
  ['a proof of another record', signed(claim, await proof('3lxd7ka2mvoth', rich)), fails('other-content')],
  ['a proof of the plain CID',
    signed(claim, await (async () => {
      const value = { $type: PROOF, cid: plainCid.toString() }
      proofs[proofAt('3lxd7ka2mvpln')] = value
      return strongRef(proofAt('3lxd7ka2mvpln'), await recordCid(value))
    })()), fails('other-content')],
  ['a proof that is gone', signed(claim, strongRef(proofAt('3lxd7ka2mvgon'), plainCid)), fails('proof-absent')],
  ['a reference to a record of another collection', signed(claim, strongRef(otherKind.uri, await recordCid(otherKind.value))), fails('not-a-proof')],
  ['a record of another type in the collection of proofs', signed(claim, strongRef(masked.uri, await recordCid(masked.value))), fails('not-a-proof')],
  ['a proof in a repository named by handle',
    signed(claim, strongRef(proofAt('3lxd7ka2mvlex', 'auditor.example'), plainCid)), open('handle')],
]

const vectors = {
  repository: holder,
  keys,
  proofs,
  cases: await Promise.all(cases.map(async ([name, record, ...expected]) => {
    const { $sig, ...plain } = record
    return { name, content: (await contentCid(plain, holder)).toString(), record, expected }
  })),
}

const purse = wallet(`0x${'44'.repeat(32)}`)
const link = await evmLink(purse, holder)
const evenLink = await (async () => {
  for (let nonce = 1; ; nonce++) {
    const made = await evmLink(purse, holder, { nonce: String(nonce) })
    if (made.proof.signature.slice(-2) !== link.proof.signature.slice(-2)) return made
  }
})()
const withProof = (change, base = link) => ({ ...base, proof: { ...base.proof, ...change } })
const withMessage = (change, base = link) => withProof({ message: { ...base.proof.message, ...change } }, base)
const parts = (base) => {
  const bytes = Buffer.from(base.proof.signature.slice(2), 'hex')
  return { r: bytes.subarray(0, 32), s: bytes.subarray(32, 64), v: bytes[64] }
}
const joined = (...bytes) => `0x${Buffer.concat(bytes.map((part) => Buffer.from(part))).toString('hex')}`
const smallV = (base) => { const { r, s, v } = parts(base); return withProof({ signature: joined(r, s, [v - 27]) }, base) }
const compact = (base) => {
  const { r, s, v } = parts(base)
  return withProof({ signature: joined(r, [s[0] | ((v - 27) << 7)], s.subarray(1)) }, base)
}
const highLink = (() => {
  const { r, s, v } = parts(link)
  const flipped = highS('K-256')(Buffer.concat([r, s]))
  return withProof({ signature: joined(flipped, [v === 27 ? 28 : 27]) })
})()
const everywhere = (change) => ({ ...withMessage({ evmAddress: change(link.address) }), address: change(link.address) })
const swapCase = (text) => text.replace(/[a-f]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
const large = (2n ** 256n - 1n).toString()
const someoneElse = wallet(`0x${'55'.repeat(32)}`)

const links = {
  holder,
  cases: [
    ['a wallet’s signature', link, holds()],
    ['one with the other parity', evenLink, holds()],
    ['v as 0 or 1', smallV(link), holds()],
    ['v as 0 or 1, the other parity', smallV(evenLink), holds()],
    ['the compact form', compact(link), holds()],
    ['the compact form, the other parity', compact(evenLink), holds()],
    ['an address in lower case', everywhere((text) => text.toLowerCase()), holds()],
    ['the largest numbers there are', await evmLink(purse, holder, { chainId: '10', timestamp: large, nonce: large }), holds()],
    ['a link of another account', await evmLink(purse, other), fails('other-account')],
    ['a message about another wallet', withMessage({ evmAddress: someoneElse.address }), fails('other-wallet')],
    ['another wallet’s signature', { ...withMessage({ evmAddress: someoneElse.address }), address: someoneElse.address }, fails('other-signer')],
    ['a nonce changed since', withMessage({ nonce: '1' }), fails('other-signer')],
    ['a chain changed since', withMessage({ chainId: '10' }), fails('other-signer')],
    ['the account changed to the holder', withMessage({ did: holder }, await evmLink(purse, other)), fails('other-signer')],
    ['another definition of the message',
      await evmLink(purse, holder, { domain: { name: 'ATProto EVM Attestation', version: '1' } }), fails('other-signer')],
    ['s in the upper half', highLink, fails('signature')],
    ['a checksum that does not fit', everywhere(swapCase), fails('address')],
    ['an address that is too short', { ...link, address: link.address.slice(0, -1) }, fails('address')],
    ['a number in hexadecimal', withMessage({ nonce: '0x0' }), fails('unreadable')],
    ['a number past 256 bits', withMessage({ nonce: (2n ** 256n).toString() }), fails('unreadable')],
    ['a last byte that makes no sense', withProof({ signature: link.proof.signature.replace(/..$/, '25') }), fails('signature-form')],
    ['r that is no coordinate', withProof({ signature: `0x${'00'.repeat(64)}1b` }), fails('signature')],
    ['a contract’s signature', withProof({ signature: `${link.proof.signature}${'00'.repeat(64)}` }), open('contract')],
    ['a proof of another kind', withProof({ $type: 'app.certified.link.evm#erc1271Proof' }), open('unknown-proof')],
    ['no proof at all', { ...link, proof: undefined }, fails('unreadable')],
  ].map(([name, record, { outcome, why }]) => ({ name, record: JSON.parse(JSON.stringify(record)), expected: { outcome, why } })),
}

await writeFile(join(folder, 'entries.json'), `${JSON.stringify(vectors, null, 2)}\n`)
await writeFile(join(folder, 'links.json'), `${JSON.stringify(links, null, 2)}\n`)
