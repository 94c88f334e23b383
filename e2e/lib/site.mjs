// Somebody's own site on this machine: what makes them a did:web.
import { createServer } from 'node:http'

/** Serves whatever the owner last described. `describe` takes `{ handle, key, pds }`, the key as a did:key. */
export async function startSite() {
  let document
  const server = createServer((request, answer) => {
    const found = request.url === '/.well-known/did.json' && document
    answer.writeHead(found ? 200 : 404, { 'content-type': 'application/json' }).end(found ? JSON.stringify(document) : '{}')
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const did = `did:web:localhost%3A${server.address().port}`
  return {
    did,
    describe({ handle, key, pds }) {
      document = {
        '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
        id: did,
        alsoKnownAs: [`at://${handle}`],
        verificationMethod: [
          { id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase: key.replace('did:key:', '') },
        ],
        service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: pds }],
      }
    },
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
