// Where the reference PDS and ours answer differently on purpose, and nowhere else.
//
// Each class has a code, under which docs/behaviours.md gives the reason. It says in which cases it occurs, in which
// part of the answer (its status and error if nothing else is said), and what stands there and here. What falls into
// no class is a difference that nobody has thought about.

const SWAPPED = /^writes\/deleteRecord: of what is not there, with a (wrong )?swap/
const NO_METHOD = '501 MethodNotImplemented'
const INVALID = '400 InvalidRequest'
const FAILED = '500 InternalServerError'

export const KNOWN = {
  // What is refused, and under which name.
  'names-of-the-lexicons': {
    cases: /^(reads|sync|blobs|accounts|lives)/,
    there: INVALID,
    here: /^400 (Repo|Block|Blob|Handle|InvalidHandle|InvalidPassword|BadExpiration)\w*$/,
  },
  'media-type': { cases: /JSON|with nothing|nothing at all/, there: INVALID, here: '415 UnsupportedMediaType' },
  'malformed-json': { cases: /^http\/bodies: JSON/, there: '400 SyntaxError', here: INVALID },
  'too-large': { cases: /^writes\/dataModel/, there: '413 PayloadTooLargeError', here: '413 PayloadTooLarge' },
  'not-your-repository': { cases: /repositor/, there: /^(401 AuthenticationRequired|403 AccountNotFound)$/, here: '403 Forbidden' },
  'account-gone': {
    cases: /: an access token of an account that is not here$|^lives\/deletionOfAccounts: \w+ then$/,
    there: /^(401 AuthenticationRequired|400 InvalidRequest|403 AccountNotFound)$/,
    here: '400 ExpiredToken',
  },
  'did-without-a-word': {
    cases: 'accounts/createAccount: with a DID, but no word from it',
    there: '401 AuthenticationRequired',
    here: '401 AuthMissing',
  },
  'deletion-of-nobody': { cases: /^lives\/deletionOfAccounts: deleteAccount/, there: INVALID, here: '401 AuthenticationRequired' },
  'write-when-deactivated': {
    cases: 'lives/deactivation: createRecord then',
    there: '401 AccountDeactivated',
    here: '400 RepoDeactivated',
  },
  'unnamed-refusal': { cases: /^http\/proxying: .* 409 with/, there: '409', here: '409 InvalidRequest' },
  'wrong-scheme': { cases: /^auth\/refreshTokens/, there: '401 AuthMissing', here: '400 InvalidToken' },
  'proof-missing': { cases: /: a token under DPoP without a proof$/, there: '401 invalid_token', here: '401 InvalidToken' },
  'unknown-method': { cases: /^(http\/names|sync\/lists)/, there: INVALID, here: NO_METHOD },
  'oauth-errors': {
    cases: /^oauth\/(authorizationRequests|tokens): /,
    there: /^40[01] invalid_(client|client_id|client_metadata|grant|dpop_proof)$/,
    here: /^40[01] invalid_(client|client_metadata|request|dpop_proof)$/,
  },
  'oauth-verb': { cases: 'oauth/tokens: of GET', there: '404', here: '405' },
  'handle-that-nobody-can-have': {
    cases: 'accounts/createAccount: of a handle under a domain that nobody has',
    there: '400 InvalidHandle',
    here: '400 UnsupportedDomain',
  },
  'operator-only': {
    cases: 'lives/administration: getAccountInfo by the account',
    there: '401 UntrustedIss',
    here: '401 AuthenticationRequired',
  },
  'session-when-taken-down': {
    cases: 'lives/administration: getSession then',
    there: INVALID,
    here: '401 AccountTakedown',
  },

  // What fails inside there.
  'record-exists': { cases: /: (over a record|two creates of one path)$/, there: FAILED, here: INVALID },
  'nothing-to-change': { cases: /^batches\/applyWrites/, there: FAILED, here: '400 RecordNotFound' },
  'import-of-nothing': { cases: /^batches\/importRepo: of (no CAR|nothing|a CAR)/, there: FAILED, here: INVALID },
  'large-integers': { cases: /^writes\/dataModel: a (larger whole number|number beyond)/, there: FAILED, here: INVALID },
  'app-password-twice': { cases: 'sessions/appPasswords: create with the same name', there: FAILED, here: INVALID },

  // What is taken there and refused here.
  'data-model': { cases: /^writes\/(createRecord|dataModel|blobsInRecords): /, there: '200', here: INVALID },
  'blob-as-uploaded': { cases: /^writes\/blobsInRecords/, there: '200', here: /^400 Invalid(MimeType|Size)$/ },
  'challenge-once': {
    cases: 'oauth/authorizationRequests: pushed, with a challenge that was used',
    there: '201',
    here: '400 invalid_request',
  },
  'redirects-of-services': {
    cases: 'http/proxying: to a service that redirects',
    there: '302',
    here: '502 UpstreamFailure',
  },
  'swap-of-nothing': { cases: SWAPPED, there: '200', here: '400 InvalidSwap' },
  'import-of-others': { cases: /^batches\/importRepo: of somebody else's/, there: '200', here: INVALID },
  'empty-batch': { cases: 'batches/applyWrites: nothing', there: '200', here: INVALID },
  'path-twice': { cases: /^batches\/applyWrites: .* of one path$/, there: '200', here: INVALID },
  'packed-bodies': { cases: /packed/, there: /^(200|415 UnsupportedMediaTypeError)$/, here: '415 UnsupportedMediaType' },
  'password-rules': { cases: /password/, there: '200', here: '400 InvalidPassword' },
  'app-password-names': { cases: /^sessions\/appPasswords: create with/, there: '200', here: INVALID },
  'app-password-account': {
    cases: /^auth\/byAppPassword|, with an app password$/,
    there: /^(200|400 InvalidRequest)$/,
    here: '400 InvalidToken',
  },
  'session-that-ended': {
    cases: 'sessions/livesOfSessions: getSession after deleteSession',
    there: '200',
    here: '400 ExpiredToken',
  },
  'takedown-of-nobody': {
    cases: 'lives/administration: take down somebody who is not here',
    there: '200',
    here: '400 NotFound',
  },
  'exact-paths': {
    cases: /^http\/names: a method (with a slash behind it|in other letters|without a name)$/,
    there: /^(200|400 InvalidRequest)$/,
    here: /^(400 InvalidRequest|501 MethodNotImplemented|404)$/,
  },
  'gone-methods': { cases: /, as it was long ago$/, there: '200', here: NO_METHOD },
  'signup-queue': { cases: 'http/names: checkSignupQueue', there: '200', here: NO_METHOD },
  robots: { cases: 'http/names: robots.txt', there: '200', here: '404' },

  // What is taken here and refused there.
  'handle-in-capitals': { cases: /by a handle in capitals$/, there: '403 AccountNotFound', here: '200' },
  'json-capitals': { cases: 'http/bodies: JSON in capitals', there: INVALID, here: '200' },
  'json-charset': { cases: /character set$/, there: '415 UnsupportedMediaTypeError', here: '200' },
  'throw-away-mail': { cases: 'accounts/createAccount: of an e-mail that is thrown away', there: INVALID, here: '200' },
  'reset-of-nobody': { cases: 'lives/passwords: requestPasswordReset of nobody', there: INVALID, here: '200' },
  'mail-optional': { cases: 'accounts/createAccount: without an e-mail', there: INVALID, here: '200' },
  'who-is-who': { cases: /^accounts\/identities: (resolve|refresh)/, there: INVALID, here: '200' },
  'list-by-collection': { cases: 'sync/lists: listReposByCollection', there: INVALID, here: '200' },

  // What is in a good answer.
  'cursor-at-the-end': { cases: /list/i, part: 'body.cursor', there: 'a cursor', here: 'absent' },
  'same-content': {
    cases: 'batches/applyWrites: an update to the same content',
    part: /^body\.commit\./,
    here: 'absent',
  },
  'since-with-the-head': { cases: /^sync\/repositories: getRepo since/, part: 'body.blocks', there: 'none', here: 'some' },
  'any-type': { cases: 'blobs/uploadBlob: of any type', part: 'body.blob.mimeType', there: '*/*' },
  'sign-up-tells-more': {
    cases: /: (createAccount|of|with) /,
    part: /^body\.(active|email|emailConfirmed)$/,
    there: 'absent',
  },
  'oauth-algorithms': {
    cases: 'oauth/documents: the authorization server',
    part: /alg_values_supported|enc_values_supported|request_parameter_supported|revocation_endpoint_auth/,
  },
  'when-to-come-again': { cases: /^http\/proxying/, part: 'header retry-after', there: 'none', here: '7' },
  'phone-verification': { part: 'body.phoneVerificationRequired', there: 'absent', here: 'false' },
  'preflight-status': { cases: /^http\/crossOrigin: preflight/, there: '200', here: '204' },
}

/** The code that explains each difference of a case; `undefined` stands for one without a reason. */
export const explain = (name, found) => found.map((one) => Object.keys(KNOWN).find((code) => fits(KNOWN[code], name, one)))

const fits = ({ cases, part = 'answer', there, here }, name, found) =>
  matches(cases, name) && matches(part, found.part) && matches(there, found.there) && matches(here, found.here)

const matches = (pattern, text) =>
  pattern === undefined || (pattern instanceof RegExp ? pattern.test(text) : pattern === text)
