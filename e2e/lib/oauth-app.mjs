// An app in a browser, as the page that a test drives.
import { Agent } from '@atproto/api'
import { BrowserOAuthClient, buildLoopbackClientId } from '@atproto/oauth-client-browser'

let client, session, kept

/** Takes up the session of whoever comes back from the server or was here before; resolves to their DID. */
globalThis.begin = async ({ scope, pds, plc }) => {
  const clientId = new URL(buildLoopbackClientId(window.location))
  clientId.searchParams.set('scope', scope)
  client = await BrowserOAuthClient.load({ clientId: clientId.href, handleResolver: pds, plcDirectoryUrl: plc, allowHttp: true })
  session = (await client.init(false))?.session
  return session?.did
}

/** Leaves for the server that `input` names, or the server of the account that it names. */
globalThis.signIn = (input, options) => client.signIn(input, options)

/** Does it in a window beside this page, which stays; resolves to who has signed in there. */
globalThis.signInBeside = async (input) => {
  session = await client.signIn(input, { display: 'popup' })
  return session.did
}

/** Writes a record; resolves to its address, or to why it was refused. */
globalThis.write = async (collection, record) => {
  try {
    const { data } = await new Agent(session).com.atproto.repo.createRecord({ repo: session.did, collection, record })
    return { uri: data.uri }
  } catch ({ status, error, message }) {
    return { refused: { status, error, message } }
  }
}

globalThis.refresh = async () => void (session = await client.restore(session.did, true))

globalThis.signOut = async () => {
  kept = await session.getTokenSet(false)
  await session.signOut()
}

/** What the server says to the tokens that the app had when it signed out: somebody may have copied them. */
globalThis.useOldTokens = async () => {
  const headers = { authorization: `DPoP ${kept.access_token}` }
  const { status } = await session.dpopFetch(new URL('/xrpc/com.atproto.server.getSession', kept.aud), { headers })
  const refreshed = await session.server.refresh(kept).then(() => 'granted', ({ error }) => error)
  return { status, refreshed }
}
