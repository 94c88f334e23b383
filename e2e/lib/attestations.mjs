// Attestations as other people's programs make and check them: nothing of ours computes anything here.
import { P256Keypair, Secp256k1Keypair, verifySignature } from '@atproto/crypto'
import * as dagCbor from '@ipld/dag-cbor'
import { Wallet, verifyTypedData } from 'ethers'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'

export const INLINE = 'app.certified.signature.defs#inline'
export const PROOF = 'app.certified.signature.proof'

/** A value in JSON as the data model means it: links and bytes are no objects. */
export function fromJson(value) {
  if (Array.isArray(value)) return value.map(fromJson)
  if (value === null || typeof value !== 'object') return value
  if (typeof value.$link === 'string') return CID.parse(value.$link)
  if (typeof value.$bytes === 'string') return new Uint8Array(Buffer.from(value.$bytes, 'base64'))
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fromJson(field)]))
}

export const toBytes = (bytes) => ({ $bytes: Buffer.from(bytes).toString('base64').replace(/=+$/, '') })

const cidOf = async (value) => CID.createV1(dagCbor.code, await sha256.digest(dagCbor.encode(value)))

/** The CID of a record in JSON, as a repository would name it. */
export const recordCid = (json) => cidOf(fromJson(json))

/** The content CID of a record in JSON; `sig` has the fields of `$sig` but for the repository. */
export function contentCid(json, repository, sig = { $type: INLINE }) {
  const { signatures, ...unsigned } = fromJson(json)
  return cidOf({ ...unsigned, $sig: { ...sig, repository } })
}

export const keypair = (curve, hex) =>
  (curve === 'P-256' ? P256Keypair : Secp256k1Keypair).import(hex, { exportable: true })

export const didKeyId = (keypair) => `${keypair.did()}#${keypair.did().slice('did:key:'.length)}`

/** An inline entry over `json`. With `{ specification: true }` the key's name is in `$sig` too. */
export async function inlineEntry(json, repository, keypair, key = didKeyId(keypair), { specification } = {}) {
  const sig = specification ? { $type: INLINE, key } : { $type: INLINE }
  const cid = await contentCid(json, repository, sig)
  return { $type: INLINE, signature: toBytes(await keypair.sign(cid.bytes)), key }
}

export async function inlineHolds(json, entry, repository, didKey) {
  const cid = await contentCid(json, repository)
  return verifySignature(didKey, cid.bytes, fromJson(entry.signature))
}

export const strongRef = (uri, cid) => ({ $type: 'com.atproto.repo.strongRef', uri, cid: cid.toString() })

/** The typed data of an EVM link, as the lexicon's own tests define it. */
const linkDomain = (chainId) => ({ name: 'IdentityLink', version: '1', chainId })
const linkTypes = {
  LinkAttestation: [
    { name: 'did', type: 'string' },
    { name: 'evmAddress', type: 'address' },
    { name: 'chainId', type: 'uint256' },
    { name: 'timestamp', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
  ],
}

export const wallet = (privateKey) => new Wallet(privateKey)

/** A signed `app.certified.link.evm` record. */
export async function evmLink(wallet, did, { chainId = '1', timestamp = '1789203600', nonce = '0', domain } = {}) {
  const message = { did, evmAddress: wallet.address, chainId, timestamp, nonce }
  const signature = await wallet.signTypedData(domain ?? linkDomain(chainId), linkTypes, message)
  return {
    $type: 'app.certified.link.evm',
    address: wallet.address,
    proof: {
      $type: 'app.certified.link.evm#eip712Proof',
      signature,
      message: { $type: 'app.certified.link.evm#eip712Message', ...message },
    },
    createdAt: '2026-09-12T09:00:00.000Z',
  }
}

export const linkSigner = ({ proof: { message, signature } }) => {
  const { $type, ...fields } = message
  return verifyTypedData(linkDomain(fields.chainId), linkTypes, fields, signature)
}
