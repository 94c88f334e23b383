// A service of somebody else's, to which both servers pass calls on. It answers what came with a call, or refuses as it
// is told to.
import { createServer } from 'node:http'

const PASSED = ['accept-language', 'atproto-accept-labelers', 'atproto-proxy', 'content-type', 'cookie', 'x-atproto-topics', 'x-other']

/** `name` is what the header `atproto-proxy` calls it. */
export async function startService() {
  const server = createServer((request, response) => {
    const { port } = server.address()
    const url = new URL(request.url, `http://localhost:${port}`)
    const did = `did:web:localhost%3A${port}`
    if (url.pathname === '/.well-known/did.json') return say(response, 200, documentOf(did, url.origin))
    const status = Number(url.searchParams.get('status') ?? 200)
    return status === 200 ? repeat(request, response, url, did) : refuse(response, status, url.searchParams)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    name: `did:web:localhost%3A${server.address().port}#thing`,
    /** Another one of the same DID, where nobody listens. */
    gone: `did:web:localhost%3A${server.address().port}#gone`,
    async stop() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const documentOf = (id, serviceEndpoint) => ({
  '@context': ['https://www.w3.org/ns/did/v1'],
  id,
  service: [
    { id: '#thing', type: 'Example', serviceEndpoint },
    { id: '#gone', type: 'Example', serviceEndpoint: 'http://localhost:9' },
  ],
})

async function repeat(request, response, url, did) {
  const size = (await Array.fromAsync(request)).reduce((sum, chunk) => sum + chunk.length, 0)
  const [, claims] = (request.headers.authorization ?? '').split('.')
  const { aud, lxm, exp, iat } = JSON.parse(Buffer.from(claims, 'base64url'))
  const said = { 'content-language': 'sw', 'atproto-repo-rev': '3l3qo2vuowo2b', 'set-cookie': 'a=b', 'x-other': 'thing' }
  say(
    response,
    200,
    {
      came: Object.fromEntries(PASSED.map((name) => [name, name in request.headers])),
      isPost: request.method === 'POST',
      hasQuery: url.search !== '',
      hasBody: size > 0,
      isForTheService: aud === did,
      isForTheMethod: url.pathname === `/xrpc/${lxm}`,
      lastsAMinute: exp - iat === 60,
    },
    said,
  )
}

function refuse(response, status, params) {
  const headers = { 'retry-after': '7', 'set-cookie': 'a=b' }
  if (params.has('page')) response.writeHead(status, { 'content-type': 'text/html', ...headers }).end('<p>It is so.</p>')
  else say(response, status, { error: params.get('error') ?? undefined, message: 'It is so.' }, headers)
}

const say = (response, status, json, headers = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(json))
